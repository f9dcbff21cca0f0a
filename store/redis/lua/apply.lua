#!lua
-- Applies a batch of operations to one partition. Reads and computes everything first, then only writes.
--
-- KEYS  1 position, 2 dirty, 3 all-dirty, 4 boards, 5 configs, 6 totals, 7 profiles,
--       then per board its ranking and its arrivals
-- ARGV  1 accepted at (ms), 2 most dirty names, 3 configuration of new boards, 4 number of boards,
--       per board: id, number of members, members;
--       number of profile members, profile members;
--       per operation: code (d delta, s set, b best, p profile), slot, value.
--       Slots count the members of all boards from 1 in the order given; profile members are counted on their own.
-- Returns  {position, index of a refused operation from 0, ...}

-- @include include-boards.lua
-- @include include-dirty.lua

local FIXED_KEYS = 7
local accepted_at, max_dirty, new_config = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local board_count = tonumber(ARGV[4])
local at = 5

-- Where each board's members stand in ARGV, and so which slots are theirs.
local boards, ids = {}, {}
local slot_count = 0
for b = 1, board_count do
  local id, count = ARGV[at], tonumber(ARGV[at + 1])
  boards[b] = {
    id = id,
    ranking = KEYS[FIXED_KEYS + 2 * b - 1],
    arrivals = KEYS[FIXED_KEYS + 2 * b],
    from = at + 2,
    to = at + 1 + count,
    first_slot = slot_count + 1,
    last_slot = slot_count + count,
  }
  ids[b] = id
  slot_count = slot_count + count
  at = at + 2 + count
end
local profile_count = tonumber(ARGV[at])
local profile_from = at + 1
local first_operation = profile_from + profile_count

-- Scores are read and computed as they are stored: negated on `desc` boards, so that lower is better everywhere.
local configs = hmget(KEYS[5], ids)
local stored, sign, arrival = {}, {}, {}
for b = 1, board_count do
  local board = boards[b]
  local order, ties = parse_config(configs[b] or new_config)
  local direction = order == 'desc' and -1 or 1
  board.ties, board.is_new = ties, not configs[b]
  local first_slot, last_slot = board.first_slot, board.last_slot
  for slot = first_slot, last_slot do sign[slot] = direction end
  if board.is_new then
    -- Nothing to read.
  elseif ties == 'first' then
    local known = redis.call('HMGET', board.arrivals, unpack(ARGV, board.from, board.to))
    local elements, slots = {}, {}
    for i = 1, #known do
      if known[i] then
        local slot = first_slot + i - 1
        arrival[slot] = known[i]
        slots[#slots + 1] = slot
        elements[#elements + 1] = known[i] .. ARGV[board.from + i - 1]
      end
    end
    if #elements > 0 then
      local scores = redis.call('ZMSCORE', board.ranking, unpack(elements))
      for i = 1, #scores do stored[slots[i]] = tonumber(scores[i]) end
    end
  else
    local scores = redis.call('ZMSCORE', board.ranking, unpack(ARGV, board.from, board.to))
    for i = 1, #scores do
      if scores[i] then stored[first_slot + i - 1] = tonumber(scores[i]) end
    end
  end
end
local names, name_changed = {}, {}
if profile_count > 0 then
  names = redis.call('HMGET', KEYS[7], unpack(ARGV, profile_from, first_operation - 1))
end

-- The operations in order. `x - x == 0` tells finite numbers from others, and adding 0 makes 0 of -0.
local start = tonumber(redis.call('GET', KEYS[1]) or '0')
local position = start
local was_there, changed_at, refused = {}, {}, {}
for i = first_operation, #ARGV, 3 do
  local code, slot = ARGV[i], tonumber(ARGV[i + 1])
  if code == 'p' then
    position = position + 1
    local name = ARGV[i + 2]
    if names[slot] ~= name then
      names[slot] = name
      name_changed[slot] = true
    end
  else
    local old = stored[slot]
    local value = tonumber(ARGV[i + 2]) * sign[slot] + 0
    local new = value
    if code == 'd' then
      new = (old or 0) + value
    elseif code == 'b' and old and old <= value then
      new = old
    end
    if value - value ~= 0 or new - new ~= 0 then
      refused[#refused + 1] = (i - first_operation) / 3
    else
      position = position + 1
      if new ~= old then
        if not changed_at[slot] then was_there[slot] = old ~= nil end
        stored[slot] = new
        changed_at[slot] = position
      end
    end
  end
end

local dirty_names = {}
for b = 1, board_count do
  local board = boards[b]
  for slot = board.first_slot, board.last_slot do
    if changed_at[slot] then
      board.changed = true
      if not was_there[slot] then board.grown = true end
    end
  end
  if board.changed then dirty_names[#dirty_names + 1] = 'board:' .. board.id end
end
for slot = 1, profile_count do
  if name_changed[slot] then
    dirty_names[#dirty_names + 1] = 'profile:' .. ARGV[profile_from + slot - 1]
  end
end
local commit_dirty = plan_dirty(KEYS[2], KEYS[3], dirty_names, accepted_at, max_dirty)

-- From here on only writes.
if position > start then redis.call('SET', KEYS[1], position) end
for b = 1, board_count do
  local board = boards[b]
  if board.changed then
    local rows = {}
    local n = 0
    if board.ties == 'first' then
      local outdated, arrivals = {}, {}
      for slot = board.first_slot, board.last_slot do
        if changed_at[slot] then
          local member = ARGV[board.from + slot - board.first_slot]
          local new_arrival = format_arrival(changed_at[slot])
          if arrival[slot] then outdated[#outdated + 1] = arrival[slot] .. member end
          arrivals[n + 1], arrivals[n + 2] = member, new_arrival
          rows[n + 1], rows[n + 2] = stored[slot], new_arrival .. member
          n = n + 2
        end
      end
      if #outdated > 0 then redis.call('ZREM', board.ranking, unpack(outdated)) end
      redis.call('HSET', board.arrivals, unpack(arrivals))
    else
      local offset = board.from - board.first_slot
      for slot = board.first_slot, board.last_slot do
        if changed_at[slot] then
          rows[n + 1], rows[n + 2] = stored[slot], ARGV[offset + slot]
          n = n + 2
        end
      end
    end
    redis.call('ZADD', board.ranking, unpack(rows))
    if board.grown then redis.call('HSET', KEYS[6], board.id, redis.call('ZCARD', board.ranking)) end
    if board.is_new then
      redis.call('HSET', KEYS[5], board.id, new_config)
      redis.call('ZADD', KEYS[4], 0, board.id)
    end
  end
end
local profiles = {}
for slot = 1, profile_count do
  if name_changed[slot] then
    profiles[#profiles + 1] = ARGV[profile_from + slot - 1]
    profiles[#profiles + 1] = names[slot]
  end
end
if #profiles > 0 then redis.call('HSET', KEYS[7], unpack(profiles)) end
commit_dirty()

return { position, unpack(refused) }
