#!lua
-- Removes elements of a ranking that are nobody's. There are none but by damage, and only on a board with ties "first".
--
-- KEYS  1 dirty, 2 all-dirty, 3 configs, 4 totals, 5 the board's ranking, 6 its arrivals, 7 position, 8 log
-- ARGV  1 board, 2 removed at (ms), 3 most dirty names, 4 operations that the log keeps, then elements
-- Returns  how many were removed

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-log.lua

local id, ranking_key = ARGV[1], KEYS[5]
local config = redis.call('HGET', KEYS[3], id)
local elements = { unpack(ARGV, 5) }
if not config or #elements == 0 then return 0 end
local _, ties = parse_config(config)
if ties ~= 'first' then return 0 end

local owned, scores = find_owned(KEYS[6], elements, 1), redis.call('ZMSCORE', ranking_key, unpack(elements))
local strays = {}
for i = 1, #elements do
  if scores[i] and not owned[elements[i]] then strays[#strays + 1] = elements[i] end
end
if #strays == 0 then return 0 end
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

-- From here on only writes.
append_change(KEYS[7], KEYS[8], tonumber(ARGV[4]), ARGV[2], 'repair', 'board', id, 'members', '')
redis.call('ZREM', ranking_key, unpack(strays))
redis.call('HSET', KEYS[4], id, redis.call('ZCARD', ranking_key))
commit_dirty()
return #strays
