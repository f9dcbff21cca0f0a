#!lua
-- Creates a board or changes its settings, turning its elements where `order` or `ties` change.
--
-- KEYS  1 dirty, 2 all-dirty, 3 boards, 4 configs, 5 totals, 6 the board's ranking, 7 its arrivals, 8 position, 9 log,
--       10 created, 11 the set of its windows, then rankings of windows
-- ARGV  1 board, 2 changed at (ms), 3 most dirty names, 4 configuration of new boards, 5 most members to convert,
--       6 order or '', 7 ties or '', 8 top or '', 9 windows joined by commas, or -, or '', 10 time zone or '', 11 operations that the log keeps,
--       then the windows of the rankings
-- Returns  {1, configuration}, or {0, number of members} where there are too many members to convert, or {-1} where its windows have
--          members, or {-2, window, ...} where these are its windows, which have to be known to tell

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-log.lua

local id, ranking_key, arrivals_key = ARGV[1], KEYS[6], KEYS[7]
local old_config = redis.call('HGET', KEYS[4], id)
local old_order, old_ties, old_top, old_settings = parse_config(old_config or ARGV[4])
local order = ARGV[6] ~= '' and ARGV[6] or old_order
local ties = ARGV[7] ~= '' and ARGV[7] or old_ties
local top = ARGV[8] ~= '' and tonumber(ARGV[8]) or old_top
local old_windows, old_timezone = string.match(old_settings, '^(%S+) (%S+)$')
local windows = ARGV[9] ~= '' and ARGV[9] or old_windows or '-'
local timezone = ARGV[10] ~= '' and ARGV[10] or old_timezone or 'UTC'
local config = string.format('%s %s %d', order, ties, top)
if windows ~= '-' or timezone ~= 'UTC' then config = config .. ' ' .. windows .. ' ' .. timezone end
if config == old_config then return { 1, config } end

local turns = order ~= old_order or ties ~= old_ties
if turns then
  local known = redis.call('SMEMBERS', KEYS[11])
  local is_given = {}
  for i = 12, #ARGV do is_given[ARGV[i]] = true end
  for _, window in ipairs(known) do
    if not is_given[window] then return { -2, unpack(known) } end
  end
  for i = 12, #KEYS do
    if redis.call('EXISTS', KEYS[i]) == 1 then return { -1 } end
  end
end
local total = redis.call('ZCARD', ranking_key)
local converts = total > 0 and turns
if converts and total > tonumber(ARGV[5]) then return { 0, total } end

local rows = converts and redis.call('ZRANGE', ranking_key, 0, -1, 'WITHSCORES') or {}
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

-- From here on only writes, in parts that Lua can unpack.
local position = append_change(KEYS[8], KEYS[9], tonumber(ARGV[11]), ARGV[2], 'configure', 'board', id, 'config', config)
redis.call('HSET', KEYS[4], id, config)
if not old_config then
  redis.call('ZADD', KEYS[3], 0, id)
  -- Kept where it is known: then only the settings had been lost, and the board is older.
  redis.call('HSETNX', KEYS[10], id, position - 1)
  redis.call('HSET', KEYS[5], id, 0)
end
if converts then
  redis.call('DEL', ranking_key)
  if ties == 'member' then redis.call('DEL', arrivals_key) end
  -- Nobody knows who of those already there came first: they all did, before anybody else.
  local earliest = format_arrival(0)
  local turn = order ~= old_order and -1 or 1
  for from = 1, #rows, 2000 do
    local elements, arrivals = {}, {}
    for i = from, math.min(from + 1999, #rows), 2 do
      local element = rows[i]
      if ties ~= old_ties then
        if ties == 'first' then
          arrivals[#arrivals + 1] = element
          arrivals[#arrivals + 1] = earliest
          element = earliest .. element
        else
          element = member_of(element, old_ties)
        end
      end
      elements[#elements + 1] = tonumber(rows[i + 1]) * turn + 0
      elements[#elements + 1] = element
    end
    redis.call('ZADD', ranking_key, unpack(elements))
    if #arrivals > 0 then redis.call('HSET', arrivals_key, unpack(arrivals)) end
  end
end
commit_dirty()
return { 1, config }
