#!lua
-- Applies a batch of operations to one partition. Reads and computes everything first, then only writes.
--
-- KEYS  1 position, 2 dirty, 3 all-dirty, 4 boards, 5 configs, 6 totals, 7 profiles,
--       then per board its ranking and its arrivals
-- ARGV  1 accepted at (ms), 2 most dirty names, 3 configuration of new boards,
--       4 members of all boards, 5 profile members, 6 names given to them: each packed as uint16 length and bytes,
--       7 kinds of the operations, each packed as code, high and low byte of the slot; 8 their values, each packed as
--       float64, little-endian. Codes: 0 delta, 1 set, 2 best, 3 profile. Slots count the members of all boards from 1,
--       or the profile members. A profile's value is the place of its name.
--       Then the numbers of members, profile members, names and operations, and per board: id, number of members.
-- Returns  {position, index of a refused operation from 0, ...}

-- @include include-boards.lua
-- @include include-dirty.lua

local function unpack_texts(packed, count)
  return { struct.unpack('<' .. string.rep('Hc0', count), packed) }
end

local FIXED_KEYS, FIXED_ARGS = 7, 12
local accepted_at, max_dirty, new_config = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local profile_count, operation_count = tonumber(ARGV[10]), tonumber(ARGV[12])
local members = unpack_texts(ARGV[4], tonumber(ARGV[9]))
local profile_members = unpack_texts(ARGV[5], profile_count)
local given_names = unpack_texts(ARGV[6], tonumber(ARGV[11]))
local kinds = { string.byte(ARGV[7], 1, 3 * operation_count) }
local values = { struct.unpack('<' .. string.rep('d', operation_count), ARGV[8]) }

local boards, ids = {}, {}
local slot_count = 0
for i = FIXED_ARGS + 1, #ARGV, 2 do
  local first_slot = slot_count + 1
  slot_count = slot_count + tonumber(ARGV[i + 1])
  local place = #ids + 1
  ids[place] = ARGV[i]
  boards[place] = {
    id = ARGV[i],
    ranking = KEYS[FIXED_KEYS + 2 * place - 1],
    arrivals = KEYS[FIXED_KEYS + 2 * place],
    first_slot = first_slot,
    last_slot = slot_count,
  }
end

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
      for i = 1, #scores do stored[slots[i]] = scores[i] + 0 end
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
local position = start
local is_added, changed_at, refused = {}, {}, {}
for i = 1, operation_count do
  local code = kinds[3 * i - 2]
  local slot = 256 * kinds[3 * i - 1] + kinds[3 * i]
  if code == 3 then
    position = position + 1
    local name = given_names[values[i]]
    if names[slot] ~= name then
      names[slot] = name
      name_changed[slot] = true
    end
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
      refused[#refused + 1] = i - 1
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
local commit_dirty = plan_dirty(KEYS[2], KEYS[3], dirty_names, accepted_at, max_dirty)

-- From here on only writes.
if position > start then redis.call('SET', KEYS[1], position) end
for _, board in ipairs(boards) do
  if #board.rows > 0 then
    if #board.outdated > 0 then redis.call('ZREM', board.ranking, unpack(board.outdated)) end
    if #board.new_arrivals > 0 then redis.call('HSET', board.arrivals, unpack(board.new_arrivals)) end
    redis.call('ZADD', board.ranking, unpack(board.rows))
    if board.grown then redis.call('HSET', KEYS[6], board.id, redis.call('ZCARD', board.ranking)) end
    if board.is_new then
      redis.call('HSET', KEYS[5], board.id, new_config)
      redis.call('ZADD', KEYS[4], 0, board.id)
    end
  end
end
if #profiles > 0 then redis.call('HSET', KEYS[7], unpack(profiles)) end
commit_dirty()

return { position, unpack(refused) }
