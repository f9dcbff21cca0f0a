#!lua
-- Applies a batch of operations to one partition. Reads and computes everything first, then only writes.
--
-- KEYS  1 position, 2 dirty, 3 all-dirty, 4 boards, 5 configs, 6 totals, 7 profiles, 8 log, 9 created, 10 windows, 11 counters, 12 sessions,
--       13 logins, then per board its ranking and its arrivals, per board with windows the set of them and of each its ranking and its arrivals,
--       per product the set of its counters' names, per area its modes, per part of a producer its record
-- ARGV  1 accepted at (ms), 2 most dirty names, 3 configuration of new boards, 4 operations that the log keeps,
--       5 refusals remembered per producer, 6 retention of producers (ms), 7 of uses of idempotency keys (whose claim is 0), 8 most names of counters of
--       a product, then packed, little-endian, a text as uint16 length and bytes, groups as include-groups.lua has them:
--       9 how many boards, profile members, names, products, players, counters, areas, modes there are (uint16 each),
--       10 boards as groups of members, 11 their members, 12 profile members, 13 names given to them, 14 products as groups of names of counters,
--       15 these names, 16 players, 17 counters as include-counters.lua has them, 18 areas as groups of users, 19 their users, 20 modes,
--       21 handlers of results, which only the log needs, 22 kinds of the operations, each as code, high and low byte of the slot,
--       23 their values, each as float64, 24 parts of producers, each as place of its first and of its last operation (uint16) and claim (float64),
--       25 numbers of the operations of these parts, one part after the other, each as float64,
--       26 windows as include-windows.lua has them, 27 places of boards with results (uint16), 28 what their outcomes were computed from, as
--       include-results.lua packs it, 29 outcomes: per result two float64 on its board, then two on each level of windows
--       Codes: 0 delta, 1 set, 2 best, 3 profile, 4 reject, 5 result, 6 count, 7 login, 8 logout, 9 nothing. Slots are those of members, profile
--       members, counters or users. The value of a profile is the place of its name, of a login that of its mode, of a reject the number of
--       its code, of a result the slot of the loser and 65536 times what the log says beside.
-- Returns  {position, {per part of a producer the number of duplicates, or -1 in conflict},
--          {place of an operation that was refused or is remembered as refused, number of its code or 0 if not finite, ...}},
--          or, where nothing was done: {-1, {place of a board that was packed for other windows, its settings about them, ...}},
--          or {-2, what the outcomes are to be computed from}

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-producers.lua
-- @include include-log.lua
-- @include include-groups.lua
-- @include include-scores.lua
-- @include include-results.lua
-- @include include-windows.lua
-- @include include-counter-fields.lua
-- @include include-counters.lua
-- @include include-sessions.lua
-- @include include-batch-log.lua

local FIXED_KEYS, PART_BYTES = 13, 12
local accepted_at, new_config, most_counter_names = tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[8])
local board_count, profile_count, name_count, product_count, player_count, counter_count, area_count, mode_count =
  struct.unpack('<HHHHHHHH', ARGV[9])
local operation_count, part_count = #ARGV[22] / 3, #ARGV[24] / PART_BYTES
local numbers = ARGV[25]

local next_key = FIXED_KEYS + 1
local function take_key()
  next_key = next_key + 1
  return KEYS[next_key - 1]
end
local boards, slot_count = unpack_groups(ARGV[10], board_count)
local ids = {}
for place, board in ipairs(boards) do
  ids[place] = board.id
  board.ranking, board.arrivals = take_key(), take_key()
  board.settings, board.windows = '', {}
end
local levels
levels, next_key = unpack_windows(ARGV[26], boards, next_key)
local products, counter_name_count = unpack_groups(ARGV[14], product_count)
for _, product in ipairs(products) do product.key = take_key() end
local areas, user_count = unpack_groups(ARGV[18], area_count)
for _, area in ipairs(areas) do area.key = take_key() end
local members = unpack_texts(ARGV[11], slot_count)
local profile_members = unpack_texts(ARGV[12], profile_count)
local given_names = unpack_texts(ARGV[13], name_count)
local modes = unpack_texts(ARGV[20], mode_count)
local kinds = { string.byte(ARGV[22], 1, 3 * operation_count) }
local values = { struct.unpack('<' .. string.rep('d', operation_count), ARGV[23]) }

-- Runs of operations that have not been settled before, as first and last place.
local parts, runs, refused_before = {}, {}, {}
local next_place, number_start = 1, 1
for p = 1, part_count do
  local from, to, claim = struct.unpack('<HHd', ARGV[24], PART_BYTES * (p - 1) + 1)
  local part = plan_part(take_key(), claim, from, to, numbers, number_start, refused_before)
  parts[p] = part
  if next_place < from then runs[#runs + 1], runs[#runs + 2] = next_place, from - 1 end
  if part.new_last then runs[#runs + 1], runs[#runs + 2] = from + part.duplicates, to end
  next_place, number_start = to + 1, number_start + 8 * (to - from + 1)
end
if next_place <= operation_count then runs[#runs + 1], runs[#runs + 2] = next_place, operation_count end

local configs = hmget(KEYS[5], ids)
local scores, sign, other_windows = new_scores(), {}, {}
for place, board in ipairs(boards) do
  local order, ties, _, settings = parse_config(configs[place] or new_config)
  board.direction, board.is_first, board.is_new = order == 'desc' and -1 or 1, ties == 'first', not configs[place]
  if settings ~= board.settings then other_windows[#other_windows + 1], other_windows[#other_windows + 2] = place, settings end
  for slot = board.first_slot, board.last_slot do sign[slot] = board.direction end
end
if #other_windows > 0 then return { -1, other_windows } end
for _, board in ipairs(boards) do
  if not board.is_new then read_scores(board, scores, members) end
  for _, window in ipairs(board.windows) do
    window.is_first = board.is_first
    read_scores(window, window.level.scores, members)
  end
end
if #ARGV[27] > 0 then
  local state = pack_state(parts, boards, ARGV[27], scores, levels)
  if state ~= ARGV[28] then return { -2, state } end
end
local results = unpack_results(ARGV[29], kinds, operation_count)
local names, name_changed = {}, {}
if profile_count > 0 then names = redis.call('HMGET', KEYS[7], unpack(profile_members, 1, profile_count)) end
local counter_names = unpack_texts(ARGV[15], counter_name_count)
local players = unpack_texts(ARGV[16], player_count)
local counters = read_counters(KEYS[11], products, counter_names, players, ARGV[17], counter_count)
local users = unpack_texts(ARGV[19], user_count)
local sessions = {}
for _, area in ipairs(areas) do
  for slot = area.first_slot, area.last_slot do sessions[slot] = new_session(area, users[slot]) end
end
read_modes(KEYS[12], sessions)

-- The operations in order. `x - x == 0` tells finite numbers from others, and adding 0 makes 0 of -0.
local start = tonumber(redis.call('GET', KEYS[1]) or '0')
local position, without_texts = start, 0
local stored, is_added, changed_at = scores.stored, scores.is_added, scores.changed_at
local refused, left_out = {}, {}
for r = 1, #runs, 2 do
  for i = runs[r], runs[r + 1] do
    local code = kinds[3 * i - 2]
    local slot = 256 * kinds[3 * i - 1] + kinds[3 * i]
    -- Of a refusal.
    local number
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
        number = 0
      elseif new ~= old then
        if not old then is_added[slot] = true end
        stored[slot] = new
        changed_at[slot] = position + 1
      end
    elseif code == 3 then
      local name = given_names[values[i]]
      if names[slot] ~= name then
        names[slot] = name
        name_changed[slot] = true
      end
    elseif code == 5 then
      put_outcome(results, i, 0, slot, values[i], sign[slot], scores, position + 1)
    elseif code == 6 then
      number = add_to(counters[slot], values[i], most_counter_names)
    elseif code == 7 or code == 8 then
      set_mode(sessions[slot], code == 7 and modes[values[i]])
    else
      without_texts = without_texts + 1
      if code == 4 then number = values[i] end
    end
    if number then refused[#refused + 1], refused[#refused + 2] = i, number end
    if number or code == 9 then
      left_out[#left_out + 1] = i
    else
      position = position + 1
    end
  end
end
local batch = { kinds = kinds, values = values, runs = runs, sign = sign }
for depth = 1, #levels do score_level(levels, depth, batch, start, left_out, results) end

local dirty_names, changed_boards, changed_windows = {}, {}, {}
for _, board in ipairs(boards) do
  if plan_scores(board, scores, members) then
    changed_boards[#changed_boards + 1] = board
    dirty_names[#dirty_names + 1] = 'board:' .. board.id
  end
  for _, window in ipairs(board.windows) do
    if plan_scores(window, window.level.scores, members) then
      changed_windows[#changed_windows + 1] = window
      dirty_names[#dirty_names + 1] = 'board:' .. window.id
    end
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
local counter_rows = plan_counters(counters, dirty_names)
local session_plan = plan_sessions(sessions, areas, accepted_at, dirty_names)
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
local applied = position - start
if applied > 0 then
  local fields = {
    boards = ARGV[10], members = ARGV[11], profiles = ARGV[12], names = ARGV[13], products = ARGV[14], counter_names = ARGV[15],
    players = ARGV[16], counters = ARGV[17], areas = ARGV[18], users = ARGV[19], modes = ARGV[20], handlers = ARGV[21],
    kinds = ARGV[22], values = ARGV[23], windows = pack_scored_windows(boards),
  }
  if applied < operation_count then
    local kept = cut_runs(runs, left_out)
    if applied < (operation_count - without_texts) / 2 then
      -- Else the log could become as long as what is sent again and again, instead of what is applied.
      batch.boards, batch.members, batch.profiles, batch.names = boards, members, profile_members, given_names
      batch.products, batch.counter_names, batch.players, batch.counters = products, counter_names, players, counters
      batch.areas, batch.users, batch.modes = areas, users, modes
      pack_runs(batch, kept, fields)
    else
      fields.kinds, fields.values = slice_runs(fields.kinds, 3, kept), slice_runs(fields.values, 8, kept)
    end
  end
  append_entry(KEYS[8], tonumber(ARGV[4]), start, position, accepted_at, 'batch', unpack(flatten_fields(fields)))
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
for _, window in ipairs(changed_windows) do commit_window(window, KEYS[10], KEYS[9], start) end
if #profiles > 0 then redis.call('HSET', KEYS[7], unpack(profiles)) end
commit_counters(KEYS[11], counter_rows, products)
commit_sessions(session_plan, KEYS[12], KEYS[13])
commit_dirty()
local verdicts = {}
for p, part in ipairs(parts) do
  commit_part(part, part.claim == 0 and ARGV[7] or ARGV[6])
  verdicts[p] = part.is_conflict and -1 or part.duplicates
end

for i = 1, #refused do refused_before[#refused_before + 1] = refused[i] end
return { position, verdicts, refused_before }
