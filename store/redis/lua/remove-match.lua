#!lua flags=allow-oom
-- Removes a match with its events.
--
-- KEYS  1 matches, 2 summaries, 3 ids of matches, 4 the match's events, 5 position, 6 log, 7 dirty, 8 all-dirty
-- ARGV  1 match, 2 changed at (ms), 3 most dirty names, 4 operations that the log keeps
-- Returns  1, or 0 where there was none

-- @include include-dirty.lua
-- @include include-log.lua

local id = ARGV[1]
if redis.call('HEXISTS', KEYS[1], id) == 0 then return 0 end
local commit_dirty = plan_dirty(KEYS[7], KEYS[8], { 'match:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

append_change(KEYS[5], KEYS[6], tonumber(ARGV[4]), ARGV[2], 'remove-match', 'match', id)
redis.call('HDEL', KEYS[1], id)
redis.call('HDEL', KEYS[2], id)
redis.call('ZREM', KEYS[3], id)
redis.call('UNLINK', KEYS[4])
commit_dirty()
return 1
