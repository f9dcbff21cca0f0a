#!lua flags=allow-oom
-- Removes a board with its configuration and members, after its windows.
--
-- KEYS  1 dirty, 2 all-dirty, 3 boards, 4 configs, 5 totals, 6 the board's ranking, 7 its arrivals,
--       8 position, 9 log, 10 created, 11 the board's checkpoint, 12 the set of its windows
-- ARGV  1 board, 2 changed at (ms), 3 most dirty names, 4 operations that the log keeps
-- Returns  1, or 0 where there was none, or {window, ...} where it has these

-- @include include-dirty.lua
-- @include include-log.lua

local id = ARGV[1]
if redis.call('HEXISTS', KEYS[4], id) == 0 then return 0 end
local windows = redis.call('SMEMBERS', KEYS[12])
if #windows > 0 then return windows end
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

append_change(KEYS[8], KEYS[9], tonumber(ARGV[4]), ARGV[2], 'remove-board', 'board', id)
redis.call('HDEL', KEYS[4], id)
redis.call('HDEL', KEYS[5], id)
redis.call('ZREM', KEYS[3], id)
redis.call('HDEL', KEYS[10], id)
redis.call('UNLINK', KEYS[6], KEYS[7], KEYS[11])
commit_dirty()
return 1
