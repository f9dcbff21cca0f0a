#!lua
-- Applies a batch that only adds whole numbers to scores and counters. The engine has added up what it adds to each, so that nothing is done here for
-- each operation. Sums of whole numbers are exact in any order while they stay below 2^53; where something is not as simple as that, nothing is done.
--
-- KEYS  1 position, 2 dirty, 3 all-dirty, 4 boards, 5 configs, 6 totals, 7 log, 8 created, 9 the engine's last batch here, then per board its ranking
--       and its arrivals, per part of a producer its record, per product the hash of the places of its counters' names and the hash of its players' counters
-- ARGV  1 accepted at (ms), 2 most dirty names, 3 configuration of new boards, 4 operations that the log keeps,
--       5 retention of producers (ms), 6 of uses of idempotency keys (whose claim is 0), 7 how many operations, boards, parts of producers,
--       products, players and counters there are, then how many players each product has (uint16 each), 8 sum of all amounts without their signs;
--       then packed as in apply.lua: 9 boards as groups of members, 10 their members, 11 the sum of each (float64), 12 the place of its last
--       operation (uint16), 13 parts of producers, each as claim, first and last number (float64), 14 products as groups of names of counters,
--       15 these names, 16 their players, 17 counters as include-counters.lua has them, 18 the sum of each (float64), 19 kinds and
--       20 values of the operations, for the log. No amount is 0, so that each operation changes something. 21 the number of the batch, 22 that of the
--       batch before (see include-order.lua). Where there are results: 23 the places of their boards (uint16), whose sums are the scores that the engine
--       has computed (NaN: none), 24 from which scores, board after board (float64, NaN: not on the board), 25 handlers, for the log
-- Returns  the position, or, where nothing was done, 0 (a part, a score or the batch before is not as supposed), or -1 (a score or a counter can't be added to)

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-producers.lua
-- @include include-log.lua
-- @include include-groups.lua
-- @include include-scores.lua
-- @include include-order.lua

local FIXED_KEYS, PART_BYTES = 9, 24
if not is_next(KEYS[9], ARGV[22]) then return 0 end
local accepted_at, new_config, amounts = tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[8])
local operation_count, board_count, part_count, product_count, player_count, counter_count = struct.unpack('<HHHHHH', ARGV[7])
local highest = 9007199254740992 - amounts

local next_key = FIXED_KEYS + 2 * board_count + 1
local parts = {}
for p = 1, part_count do
  local claim, first, last = struct.unpack('<ddd', ARGV[13], PART_BYTES * (p - 1) + 1)
  local record = redis.call('HMGET', KEYS[next_key], 'claim', 'last')
  local known_claim = tonumber(record[1] or '0')
  if claim < known_claim or first <= tonumber(record[2] or '0') then return 0 end
  parts[p] = { key = KEYS[next_key], claim = claim, known_claim = known_claim, new_last = last }
  next_key = next_key + 1
end

local start = tonumber(redis.call('GET', KEYS[1]) or '0')
local dirty_names = {}
local boards, slot_count = unpack_groups(ARGV[9], board_count)
local members = unpack_texts(ARGV[10], slot_count)
local sums = { struct.unpack('<' .. string.rep('d', slot_count), ARGV[11]) }
local ids = {}
for place, board in ipairs(boards) do ids[place] = board.id end
local configs = hmget(KEYS[5], ids)

-- Scores are stored negated on `desc` boards. Whole numbers are formatted here, as a number that is an argument costs more.
local format = string.format
local function add_up(board, direction)
  local first, last = board.first_slot, board.last_slot
  local found = redis.call('ZMSCORE', board.ranking, unpack(members, first, last))
  local rows, n = {}, 0
  for slot = first, last do
    local old = found[slot - first + 1]
    if old then
      old = old + 0
      if old > highest or old < -highest or old % 1 ~= 0 then return false end
    else
      old, board.has_grown = 0, true
    end
    rows[n + 1], rows[n + 2] = format('%d', old + direction * sums[slot]), members[slot]
    n = n + 2
  end
  board.rows, board.outdated, board.new_arrivals = rows, {}, {}
  return true
end
local function add_up_arrivals(board, direction)
  local scores = new_scores()
  board.is_first = true
  read_scores(board, scores, members)
  for slot = board.first_slot, board.last_slot do
    local old = scores.stored[slot]
    if old and (old > highest or old < -highest or old % 1 ~= 0) then return false end
    put_score(scores, slot, (old or 0) + direction * sums[slot], start + struct.unpack('<H', ARGV[12], 2 * slot - 1))
    -- What comes to where it was has changed in between.
    scores.changed_at[slot] = start + struct.unpack('<H', ARGV[12], 2 * slot - 1)
  end
  return plan_scores(board, scores, members)
end
-- Compare and set: false where the board has other scores, or nothing is to be written.
local expected_at = 1
local function put_computed(board, direction)
  local first, last = board.first_slot, board.last_slot
  local found = redis.call('ZMSCORE', board.ranking, unpack(members, first, last))
  local rows, n = {}, 0
  for slot = first, last do
    local old, new, expected = found[slot - first + 1], sums[slot], struct.unpack('<d', ARGV[24], expected_at)
    expected_at = expected_at + 8
    if old then
      if old * direction ~= expected then return false end
    else
      if expected == expected then return false end
      if new == new then board.has_grown = true end
    end
    if new == new and new ~= expected then
      new = new * direction + 0
      rows[n + 1], rows[n + 2] = new % 1 == 0 and new > -highest and new < highest and format('%d', new) or new, members[slot]
      n = n + 2
    end
  end
  board.rows, board.outdated, board.new_arrivals = rows, {}, {}
  return n > 0
end
local is_rated = {}
for at = 1, ARGV[23] and #ARGV[23] or 0, 2 do is_rated[struct.unpack('<H', ARGV[23], at)] = true end

for place, board in ipairs(boards) do
  local order, ties, _, windows = parse_config(configs[place] or new_config)
  if windows ~= '' then return -1 end
  board.ranking, board.arrivals, board.is_new = KEYS[FIXED_KEYS + 2 * place - 1], KEYS[FIXED_KEYS + 2 * place], not configs[place]
  local direction = order == 'desc' and -1 or 1
  if is_rated[place] then
    if ties == 'first' then return -1 end
    if not put_computed(board, direction) then return 0 end
  else
    local add = ties == 'first' and add_up_arrivals or add_up
    if not add(board, direction) then return -1 end
  end
  dirty_names[#dirty_names + 1] = 'board:' .. board.id
end

local products
if counter_count > 0 then
-- @include include-counter-sums.lua
  products = add_up_counters({
    keys = KEYS, next_key = next_key, products = ARGV[14], product_count = product_count, names = ARGV[15], players = ARGV[16], player_count = player_count,
    player_counts = { struct.unpack('<' .. string.rep('H', product_count), ARGV[7], 13) }, counters = ARGV[17], counter_count = counter_count,
    sums = ARGV[18], highest = highest, dirty_names = dirty_names,
  })
  if not products then return -1 end
end
local commit_dirty = plan_dirty(KEYS[2], KEYS[3], dirty_names, accepted_at, tonumber(ARGV[2]))

-- From here on only writes.
local position = start + operation_count
local log = { 'boards', ARGV[9], 'members', ARGV[10], 'profiles', '', 'names', '', 'kinds', ARGV[19], 'values', ARGV[20] }
if products then
  for _, value in ipairs({ 'products', ARGV[14], 'counter_names', ARGV[15], 'players', ARGV[16], 'counters', ARGV[17] }) do log[#log + 1] = value end
end
if ARGV[25] then log[#log + 1], log[#log + 2] = 'handlers', ARGV[25] end
append_entry(KEYS[7], tonumber(ARGV[4]), start, position, accepted_at, 'batch', unpack(log))
redis.call('SET', KEYS[1], position)
commit_number(KEYS[9], ARGV[21])
for _, board in ipairs(boards) do
  commit_scores(board)
  if board.has_grown then redis.call('HSET', KEYS[6], board.id, redis.call('ZCARD', board.ranking)) end
  if board.is_new then
    redis.call('HSET', KEYS[5], board.id, new_config)
    redis.call('ZADD', KEYS[4], 0, board.id)
    -- As in apply.lua: kept where it is known.
    redis.call('HSETNX', KEYS[8], board.id, start)
  end
end
for _, product in ipairs(products or {}) do redis.call('HSET', product.counters_key, unpack(product.rows)) end
commit_dirty()
for _, part in ipairs(parts) do commit_part(part, part.claim == 0 and ARGV[6] or ARGV[5]) end
return position
