#!lua flags=allow-oom
-- Removes a tournament with its teams and the points of its players.
--
-- KEYS  1 tournament, 2 its players, 3 its registered teams, 4 its late teams, 5 its changes, 6 ids of tournaments, 7 position, 8 log, 9 dirty, 10 all-dirty
-- ARGV  1 id, 2 changed at (ms), 3 most dirty names, 4 operations that the log keeps
-- Returns  1, or 0 where there was none

-- @include include-dirty.lua
-- @include include-log.lua

local id = ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local commit_dirty = plan_dirty(KEYS[9], KEYS[10], { 'tournament:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

append_change(KEYS[7], KEYS[8], tonumber(ARGV[4]), ARGV[2], 'remove-tournament', 'tournament', id)
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('ZREM', KEYS[6], id)
commit_dirty()
return 1
