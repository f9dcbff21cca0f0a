#!lua
-- Applies a batch of operations to one partition. Reads and computes everything first, then only writes.
--
-- KEYS  1 position, 2 dirty, 3 all-dirty, 4 boards, 5 configs, 6 totals, 7 profiles, 8 log, 9 created, 10 the engine's last batch here, then per board its
--       ranking and its arrivals, per part of a producer its record; where there are others: windows, sessions, logins, areas, per board with windows the set
--       of them and of each its ranking and its arrivals, per product the hash of the places of its counters' names and the hash
--       of its players' counters, per area its modes, per tournament its hash, its players and its changes; where there are events of matches: matches, summaries, per match the list of its events
-- ARGV  1 accepted at (ms), 2 most dirty names, 3 configuration of new boards, 4 operations that the log keeps,
--       5 refusals remembered per producer, 6 retention of producers (ms), 7 of uses of idempotency keys (whose claim is 0), then packed, little-endian,
--       a text as uint16 length and bytes, groups as include-groups.lua has them:
--       8 how many boards, profile members and names there are (uint16 each) and the numbers of the batch and of the batch before (see
--       include-order.lua; float64, 0: none), 9 boards as groups of members, 10 their members,
--       11 profile members, 12 names given to them, 13 kinds of the operations, each as code, high and low byte of the slot,
--       14 their values, each as float64, 15 parts of producers, each as place of its first and of its last operation (uint16) and claim (float64),
--       16 numbers of the operations of these parts, one part after the other, each as float64,
--       17 events with several operations: as include-events.lua has them, '' where there are none, '?' where their places are told only if asked for;
--       where the batch has others (see include-others.lua): 18 how many products, players, counters, areas, modes and handlers there are, then how many
--       players each product has (uint16 each),
--       19 most names of counters of a product, 20 products as groups of names of counters, 21 these names, 22 their players, 23 counters as
--       include-counters.lua has them, 24 areas as groups of users, 25 their users, 26 modes, 27 handlers of results, which only the log needs,
--       as texts whose lengths are uint32,
--       28 windows as include-windows.lua has them, 29 places of boards with results (uint16), 30 what their outcomes were computed from, as
--       include-results.lua packs it, then as include-matches.lua does, 31 outcomes: per result two float64 on its board, then two on each level of
--       windows; where there are events of matches, as include-matches.lua has them: 32 how many, 33 matches, 34 events, 35 summaries ('' each where
--       there are none); where there are points, as include-points.lua has them: 36 how many tournaments, 37 tournaments, 38 their players
--       Codes: 0 delta, 1 set, 2 best, 3 profile, 4 reject, 5 result, 6 count, 7 login, 8 logout, 9 nothing, 10 append, 11 points, 12 points that were fed. Slots are those of members,
--       profile members, counters, users, matches or players of tournaments. The value of a profile is the place of its name, of a login that of its mode, of a reject the
--       number of its code, of a result the slot of the loser, 65536 for a draw and 131072 times the place of its handler from 0, of an append the
--       place of its event.
-- Returns  {position, {per part of a producer the number of duplicates, or -1 in conflict},
--          {place of an operation that was refused or is remembered as refused, number of its code or 0 if not finite, ...}},
--          or, where nothing was done: {-1, {place of a board that was packed for other windows, its settings about them, ...}},
--          or {-2, what outcomes and events are to be computed from},
--          or {-3, {place of an operation of several of its event that is refused though the outcomes suppose otherwise, number of its code, ...}},
--          which is empty where the places of such events are asked for,
--          or {-4} where the batch before is not the last one

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-producers.lua
-- @include include-log.lua
-- @include include-groups.lua
-- @include include-scores.lua
-- @include include-others.lua
-- @include include-events.lua
-- @include include-order.lua

local FIXED_KEYS, PART_BYTES = 10, 12
local accepted_at, new_config = tonumber(ARGV[1]), ARGV[3]
local board_count, profile_count, name_count, number, before = struct.unpack('<HHHdd', ARGV[8])
if not is_next(KEYS[10], format_number(before)) then return { -4 } end
local operation_count, part_count = #ARGV[13] / 3, #ARGV[15] / PART_BYTES
local numbers = ARGV[16]

local boards, slot_count = unpack_groups(ARGV[9], board_count)
local ids = {}
for place, board in ipairs(boards) do
  ids[place] = board.id
  board.ranking, board.arrivals, board.settings = KEYS[FIXED_KEYS + 2 * place - 1], KEYS[FIXED_KEYS + 2 * place], ''
end
local members = unpack_texts(ARGV[10], slot_count)
local profile_members = unpack_texts(ARGV[11], profile_count)
local given_names = unpack_texts(ARGV[12], name_count)
local kinds = { string.byte(ARGV[13], 1, 3 * operation_count) }
local values = { struct.unpack('<' .. string.rep('d', operation_count), ARGV[14]) }
local scores = new_scores()
local other_keys = FIXED_KEYS + 2 * board_count + part_count + 1
local others = ARGV[18] and open_others(boards, scores, members, KEYS, other_keys, ARGV)

-- Runs of operations that have not been settled before, as first and last place.
local parts, runs, refused_before = {}, {}, {}
local next_place, number_start = 1, 1
for p = 1, part_count do
  local from, to, claim = struct.unpack('<HHd', ARGV[15], PART_BYTES * (p - 1) + 1)
  local key = KEYS[FIXED_KEYS + 2 * board_count + p]
  local part = plan_part(key, claim, from, to, numbers, number_start, refused_before)
  parts[p] = part
  if next_place < from then runs[#runs + 1], runs[#runs + 2] = next_place, from - 1 end
  if part.new_last then runs[#runs + 1], runs[#runs + 2] = from + part.duplicates, to end
  next_place, number_start = to + 1, number_start + 8 * (to - from + 1)
end
if next_place <= operation_count then runs[#runs + 1], runs[#runs + 2] = next_place, operation_count end

local configs = hmget(KEYS[5], ids)
local sign, other_windows = {}, {}
for place, board in ipairs(boards) do
  local order, ties, _, settings = parse_config(configs[place] or new_config)
  local direction = order == 'desc' and -1 or 1
  board.direction, board.is_first, board.is_new = direction, ties == 'first', not configs[place]
  if settings ~= board.settings then other_windows[#other_windows + 1], other_windows[#other_windows + 2] = place, settings end
  for slot = board.first_slot, board.last_slot do sign[slot] = direction end
end
if #other_windows > 0 then return { -1, other_windows } end
for _, board in ipairs(boards) do
  if not board.is_new then read_scores(board, scores, members) end
end
local state = others and others.read(parts, kinds, operation_count)
if state then return { -2, state } end
local names, name_changed = {}, {}
if profile_count > 0 then names = redis.call('HMGET', KEYS[7], unpack(profile_members, 1, profile_count)) end

-- The operations in order. `x - x == 0` tells finite numbers from others, and adding 0 makes 0 of -0.
local start = tonumber(redis.call('GET', KEYS[1]) or '0')
local position, without_texts = start, 0
local stored, is_added, changed_at = scores.stored, scores.is_added, scores.changed_at
local refused, left_out = {}, {}
local unexpected = {}
local events = #ARGV[17] > 1 and open_events(ARGV[17], kinds, values, scores, names, name_changed, others and others.save)
-- Refuses the whole event: nothing stays of its operations before, and those that follow become nothing.
local function refuse(i, number)
  local from, to = i, i
  if events and i <= events.to then
    from, to = events.from, events.to
    if kinds[3 * i - 2] ~= 4 then unexpected[#unexpected + 1], unexpected[#unexpected + 2] = i, number end
    events.undo()
    events.to, position = 0, events.position
    for n = #left_out, events.left_out_count + 1, -1 do left_out[n] = nil end
    for place = i + 1, to do kinds[3 * place - 2] = 9 end
    without_texts = without_texts - (to - i)
  end
  for place = from, to do refused[#refused + 1], refused[#refused + 2] = place, number end
  for place = from, i do left_out[#left_out + 1] = place end
end
local next_event
for r = 1, #runs, 2 do
  if events then next_event = events.seek(runs[r]) end
  for i = runs[r], runs[r + 1] do
    if i == next_event then next_event = events.begin(position, #left_out) end
    local code = kinds[3 * i - 2]
    local slot = 256 * kinds[3 * i - 1] + kinds[3 * i]
    if code < 3 then
      local old = stored[slot]
      local value = values[i] * sign[slot] + 0
      local new = value
      if code == 0 then
        new = (old or 0) + value
      elseif code == 2 and old and old <= value then
        new = old
      end
      if value - value ~= 0 or new - new ~= 0 then
        refuse(i, 0)
      else
        position = position + 1
        if new ~= old then
          if not old then is_added[slot] = true end
          stored[slot] = new
          changed_at[slot] = position
        end
      end
    elseif code == 4 then
      refuse(i, values[i])
      without_texts = without_texts + 1
    elseif code == 9 then
      left_out[#left_out + 1] = i
      without_texts = without_texts + 1
    elseif code == 3 then
      position = position + 1
      local name = given_names[values[i]]
      if names[slot] ~= name then
        names[slot] = name
        name_changed[slot] = true
      end
    else
      local number = others.apply(i, code, slot, values[i], sign, position + 1)
      if number then refuse(i, number) else position = position + 1 end
    end
  end
end

-- Which of them is refused whole needs their places; nearly always none is refused, and to keep what each may change costs a fifth of the rest.
if #refused > 0 and ARGV[17] == '?' then return { -3, {} } end
if #unexpected > 0 and others and others.has_results then return { -3, unexpected } end

local dirty_names, changed_boards = {}, {}
for _, board in ipairs(boards) do
  if plan_scores(board, scores, members) then
    changed_boards[#changed_boards + 1] = board
    dirty_names[#dirty_names + 1] = 'board:' .. board.id
  end
end
local profiles = {}
for slot = 1, profile_count do
  if name_changed[slot] then
    dirty_names[#dirty_names + 1] = 'profile:' .. profile_members[slot]
    profiles[#profiles + 1] = profile_members[slot]
    profiles[#profiles + 1] = names[slot]
  end
end
if others then
  others.plan({ kinds = kinds, values = values, sign = sign, runs = runs }, start, left_out, accepted_at, dirty_names)
end
local commit_dirty = plan_dirty(KEYS[2], KEYS[3], dirty_names, accepted_at, tonumber(ARGV[2]))

local next_refused = 1
for _, part in ipairs(parts) do
  while refused[next_refused] and refused[next_refused] < part.from do next_refused = next_refused + 2 end
  local of_part = {}
  while refused[next_refused] and refused[next_refused] <= part.to do
    of_part[#of_part + 1], of_part[#of_part + 2] = refused[next_refused], refused[next_refused + 1]
    next_refused = next_refused + 2
  end
  if #of_part > 0 then plan_refusals(part, of_part, numbers, tonumber(ARGV[5])) end
end

-- From here on only writes.
commit_number(KEYS[10], format_number(number))
local applied = position - start
if applied > 0 then
  local fields = others and others.fields() or {}
  fields.boards, fields.members, fields.profiles, fields.names = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
  fields.kinds, fields.values = ARGV[13], ARGV[14]
  if applied < operation_count then
-- @include include-batch-log.lua
    local kept = cut_runs(runs, left_out)
    if applied < (operation_count - without_texts) / 2 then
      -- Else the log could become as long as what is sent again and again, instead of what is applied.
      local batch = others and others.sources() or {}
      batch.boards, batch.members, batch.profiles, batch.names = boards, members, profile_members, given_names
      batch.kinds, batch.values = kinds, values
      pack_runs(batch, kept, fields)
    else
      fields.kinds, fields.values = slice_runs(fields.kinds, 3, kept), slice_runs(fields.values, 8, kept)
    end
  end
  append_entry(
    KEYS[8], tonumber(ARGV[4]), start, position, accepted_at, 'batch',
    'boards', fields.boards, 'members', fields.members, 'profiles', fields.profiles, 'names', fields.names,
    'kinds', fields.kinds, 'values', fields.values, unpack(others and others.flatten(fields) or {})
  )
  redis.call('SET', KEYS[1], position)
end
for _, board in ipairs(changed_boards) do
  commit_scores(board)
  if board.has_grown then redis.call('HSET', KEYS[6], board.id, redis.call('ZCARD', board.ranking)) end
  if board.is_new then
    redis.call('HSET', KEYS[5], board.id, new_config)
    redis.call('ZADD', KEYS[4], 0, board.id)
    -- Kept where it is known: then only the settings had been lost, and the board is older.
    redis.call('HSETNX', KEYS[9], board.id, start)
  end
end
if #profiles > 0 then redis.call('HSET', KEYS[7], unpack(profiles)) end
if others then others.commit(KEYS[9], start) end
commit_dirty()
local verdicts = {}
for p, part in ipairs(parts) do
  commit_part(part, part.claim == 0 and ARGV[7] or ARGV[6])
  verdicts[p] = part.is_conflict and -1 or part.duplicates
end

for i = 1, #refused do refused_before[#refused_before + 1] = refused[i] end
return { position, verdicts, refused_before }
