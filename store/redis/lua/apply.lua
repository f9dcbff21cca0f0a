#!lua
-- Applies a batch of operations to one partition. Reads and computes everything first, then only writes.
--
-- KEYS  1 position, 2 dirty, 3 all-dirty, 4 boards, 5 configs, 6 totals, 7 profiles, 8 log, 9 created,
--       then per board its ranking and its arrivals, then per part of a producer its record
-- ARGV  1 accepted at (ms), 2 most dirty names, 3 configuration of new boards, 4 operations that the log keeps,
--       5 refusals remembered per producer, 6 retention of producers (ms), 7 of uses of idempotency keys (whose claim is 0),
--       8 number of boards, 9 of profile members, 10 of names, then packed, little-endian, a text as uint16 length and bytes:
--       11 boards, each as id and number of its members (uint16), 12 members of all boards, 13 profile members, 14 names
--       given to them, 15 kinds of the operations, each as code, high and low byte of the slot, 16 their values, each as
--       float64, 17 parts of producers, each as place of its first and of its last operation (uint16) and claim (float64),
--       18 numbers of the operations of these parts, one part after the other, each as float64.
--       Codes: 0 delta, 1 set, 2 best, 3 profile, 4 reject. Slots count the members of all boards from 1, or the profile
--       members. The value of a profile is the place of its name, that of a reject the number of its code.
-- Returns  {position, {per part of a producer the number of duplicates, or -1 in conflict},
--          {place of an operation that was refused or is remembered as refused, number of its code or 0 if not finite, ...}}

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-producers.lua
-- @include include-log.lua
-- @include include-batch-log.lua

local FIXED_KEYS, PART_BYTES = 9, 12
local accepted_at, new_config = tonumber(ARGV[1]), ARGV[3]
local board_count, profile_count = tonumber(ARGV[8]), tonumber(ARGV[9])
local operation_count, part_count = #ARGV[15] / 3, #ARGV[17] / PART_BYTES
local numbers = ARGV[18]

local boards, ids = {}, {}
local slot_count = 0
local packed_boards = { struct.unpack('<' .. string.rep('Hc0H', board_count), ARGV[11]) }
for place = 1, board_count do
  local first_slot = slot_count + 1
  slot_count = slot_count + packed_boards[2 * place]
  ids[place] = packed_boards[2 * place - 1]
  boards[place] = {
    id = ids[place],
    ranking = KEYS[FIXED_KEYS + 2 * place - 1],
    arrivals = KEYS[FIXED_KEYS + 2 * place],
    first_slot = first_slot,
    last_slot = slot_count,
  }
end
local members = unpack_texts(ARGV[12], slot_count)
local profile_members = unpack_texts(ARGV[13], profile_count)
local given_names = unpack_texts(ARGV[14], tonumber(ARGV[10]))
local kinds = { string.byte(ARGV[15], 1, 3 * operation_count) }
local values = { struct.unpack('<' .. string.rep('d', operation_count), ARGV[16]) }

-- Runs of operations that have not been settled before, as first and last place.
local parts, runs, refused_before = {}, {}, {}
local next_place, number_start = 1, 1
for p = 1, part_count do
  local from, to, claim = struct.unpack('<HHd', ARGV[17], PART_BYTES * (p - 1) + 1)
  local key = KEYS[FIXED_KEYS + 2 * board_count + p]
  local part = plan_part(key, claim, from, to, numbers, number_start, refused_before)
  parts[p] = part
  if next_place < from then runs[#runs + 1], runs[#runs + 2] = next_place, from - 1 end
  if part.new_last then runs[#runs + 1], runs[#runs + 2] = from + part.duplicates, to end
  next_place, number_start = to + 1, number_start + 8 * (to - from + 1)
end
if next_place <= operation_count then runs[#runs + 1], runs[#runs + 2] = next_place, operation_count end

-- Scores are read and computed as they are stored: negated on `desc` boards, so that lower is better everywhere.
-- Adding 0 turns Redis' text into a number faster than `tonumber`.
local configs = hmget(KEYS[5], ids)
local stored, sign, arrival = {}, {}, {}
for b, board in ipairs(boards) do
  local order, ties = parse_config(configs[b] or new_config)
  local direction = order == 'desc' and -1 or 1
  local first_slot, last_slot = board.first_slot, board.last_slot
  board.ties, board.is_new = ties, not configs[b]
  for slot = first_slot, last_slot do sign[slot] = direction end
  if board.is_new then
    -- Nothing to read.
  elseif ties == 'first' then
    local known = redis.call('HMGET', board.arrivals, unpack(members, first_slot, last_slot))
    local elements, slots = {}, {}
    for i = 1, #known do
      if known[i] then
        local slot = first_slot + i - 1
        arrival[slot] = known[i]
        slots[#slots + 1] = slot
        elements[#elements + 1] = known[i] .. members[slot]
      end
    end
    if #elements > 0 then
      local scores = redis.call('ZMSCORE', board.ranking, unpack(elements))
      for i = 1, #scores do
        local score = scores[i]
        if score then stored[slots[i]] = score + 0 end
      end
    end
  else
    local scores = redis.call('ZMSCORE', board.ranking, unpack(members, first_slot, last_slot))
    local before = first_slot - 1
    for i = 1, #scores do
      local score = scores[i]
      if score then stored[before + i] = score + 0 end
    end
  end
end
local names, name_changed = {}, {}
if profile_count > 0 then names = redis.call('HMGET', KEYS[7], unpack(profile_members, 1, profile_count)) end

-- The operations in order. `x - x == 0` tells finite numbers from others, and adding 0 makes 0 of -0.
local start = tonumber(redis.call('GET', KEYS[1]) or '0')
local position, reject_count = start, 0
local is_added, changed_at, refused = {}, {}, {}
for r = 1, #runs, 2 do
  for i = runs[r], runs[r + 1] do
    local code = kinds[3 * i - 2]
    local slot = 256 * kinds[3 * i - 1] + kinds[3 * i]
    if code == 3 then
      position = position + 1
      local name = given_names[values[i]]
      if names[slot] ~= name then
        names[slot] = name
        name_changed[slot] = true
      end
    elseif code == 4 then
      reject_count = reject_count + 1
      refused[#refused + 1], refused[#refused + 2] = i, values[i]
    else
      local old = stored[slot]
      local value = values[i] * sign[slot] + 0
      local new = value
      if code == 0 then
        new = (old or 0) + value
      elseif code == 2 and old and old <= value then
        new = old
      end
      if value - value ~= 0 or new - new ~= 0 then
        refused[#refused + 1], refused[#refused + 2] = i, 0
      else
        position = position + 1
        if new ~= old then
          if not old then is_added[slot] = true end
          stored[slot] = new
          changed_at[slot] = position
        end
      end
    end
  end
end

local dirty_names = {}
for _, board in ipairs(boards) do
  local is_first = board.ties == 'first'
  local rows, arrivals, outdated = {}, {}, {}
  local n = 0
  for slot = board.first_slot, board.last_slot do
    local changed = changed_at[slot]
    if changed then
      local element = members[slot]
      if is_added[slot] then board.grown = true end
      if is_first then
        local reached = format_arrival(changed)
        if arrival[slot] then outdated[#outdated + 1] = arrival[slot] .. element end
        arrivals[n + 1], arrivals[n + 2] = element, reached
        element = reached .. element
      end
      rows[n + 1], rows[n + 2] = stored[slot], element
      n = n + 2
    end
  end
  board.rows, board.new_arrivals, board.outdated = rows, arrivals, outdated
  if n > 0 then dirty_names[#dirty_names + 1] = 'board:' .. board.id end
end
local profiles = {}
for slot = 1, profile_count do
  if name_changed[slot] then
    dirty_names[#dirty_names + 1] = 'profile:' .. profile_members[slot]
    profiles[#profiles + 1] = profile_members[slot]
    profiles[#profiles + 1] = names[slot]
  end
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
local applied = position - start
if applied > 0 then
  local packed = { ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16] }
  if applied < operation_count then
    local kept = cut_runs(runs, refused)
    if applied < (operation_count - reject_count) / 2 then
      -- Else the log could become as long as what is sent again and again, instead of what is applied.
      local batch = { boards = boards, members = members, profile_members = profile_members }
      batch.names, batch.kinds, batch.values = given_names, kinds, values
      packed = { pack_runs(batch, kept) }
    else
      packed[5], packed[6] = slice_runs(packed[5], 3, kept), slice_runs(packed[6], 8, kept)
    end
  end
  append_entry(
    KEYS[8], tonumber(ARGV[4]), start, position, accepted_at, 'batch',
    'boards', packed[1], 'members', packed[2], 'profiles', packed[3], 'names', packed[4],
    'kinds', packed[5], 'values', packed[6]
  )
  redis.call('SET', KEYS[1], position)
end
for _, board in ipairs(boards) do
  if #board.rows > 0 then
    if #board.outdated > 0 then redis.call('ZREM', board.ranking, unpack(board.outdated)) end
    if #board.new_arrivals > 0 then redis.call('HSET', board.arrivals, unpack(board.new_arrivals)) end
    redis.call('ZADD', board.ranking, unpack(board.rows))
    if board.grown then redis.call('HSET', KEYS[6], board.id, redis.call('ZCARD', board.ranking)) end
    if board.is_new then
      redis.call('HSET', KEYS[5], board.id, new_config)
      redis.call('ZADD', KEYS[4], 0, board.id)
      -- Kept where it is known: then only the settings had been lost, and the board is older.
      redis.call('HSETNX', KEYS[9], board.id, start)
    end
  end
end
if #profiles > 0 then redis.call('HSET', KEYS[7], unpack(profiles)) end
commit_dirty()
local verdicts = {}
for p, part in ipairs(parts) do
  commit_part(part, part.claim == 0 and ARGV[7] or ARGV[6])
  verdicts[p] = part.is_conflict and -1 or part.duplicates
end

for i = 1, #refused do refused_before[#refused_before + 1] = refused[i] end
return { position, verdicts, refused_before }
