#!lua
-- Starts a tournament.
--
-- KEYS  1 tournament, 2 position, 3 log, 4 dirty, 5 all-dirty
-- ARGV  1 id, 2 changed at (ms), 3 most dirty names, 4 operations that the log keeps
-- Returns  1, 0 where it had started, -1 where there is no such tournament

-- @include include-dirty.lua
-- @include include-log.lua

local id = ARGV[1]
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return -1 end
if status == 'started' then return 0 end
local commit_dirty = plan_dirty(KEYS[4], KEYS[5], { 'tournament:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

append_change(KEYS[2], KEYS[3], tonumber(ARGV[4]), ARGV[2], 'start-tournament', 'tournament', id)
redis.call('HSET', KEYS[1], 'status', 'started')
commit_dirty()
return 1
