#!lua flags=allow-oom
-- Removes a window of a board, with its members.
--
-- KEYS  1 dirty, 2 all-dirty, 3 position, 4 log, 5 created, 6 windows, 7 the set of the board's windows, 8 the window's ranking,
--       9 its arrivals, 10 its checkpoint
-- ARGV  1 board, 2 window, 3 changed at (ms), 4 most dirty names, 5 operations that the log keeps, 6 only where it may go at this time (ms), or ''
-- Returns  1, or 0 where there was none

-- @include include-dirty.lua
-- @include include-log.lua

local id = ARGV[1] .. '@' .. ARGV[2]
local until_time = redis.call('ZSCORE', KEYS[6], id)
if not until_time or ARGV[6] ~= '' and tonumber(until_time) > tonumber(ARGV[6]) then return 0 end
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[3]), tonumber(ARGV[4]))

append_change(KEYS[3], KEYS[4], tonumber(ARGV[5]), ARGV[3], 'remove-board', 'board', id)
redis.call('ZREM', KEYS[6], id)
redis.call('SREM', KEYS[7], ARGV[2])
redis.call('HDEL', KEYS[5], id)
redis.call('UNLINK', KEYS[8], KEYS[9], KEYS[10])
commit_dirty()
return 1
