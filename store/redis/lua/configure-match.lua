#!lua
-- Creates a match or replaces its fixture, where it is as the caller knows it.
--
-- KEYS  1 matches, 2 summaries, 3 ids of matches, 4 the match's events, 5 position, 6 log, 7 dirty, 8 all-dirty
-- ARGV  1 match, 2 known label, '' where there is no such match, 3 known number of events, 4 hash of the last one, 5 new label, 6 fixture,
--       7 summary, 8 changed at (ms), 9 most dirty names, 10 operations that the log keeps
-- Returns  1, or 0 where it is otherwise

-- @include include-dirty.lua
-- @include include-log.lua
-- @include include-match-labels.lua

local id = ARGV[1]
local stored = redis.call('HGET', KEYS[1], id)
if (stored and label_of(stored) or '') ~= ARGV[2] then return 0 end
local count = stored and redis.call('LLEN', KEYS[4]) or 0
if count ~= tonumber(ARGV[3]) or hash_of_event(KEYS[4], count) ~= ARGV[4] then return 0 end
local commit_dirty = plan_dirty(KEYS[7], KEYS[8], { 'match:' .. id }, tonumber(ARGV[8]), tonumber(ARGV[9]))

append_change(KEYS[5], KEYS[6], tonumber(ARGV[10]), ARGV[8], 'configure-match', 'match', id, 'fixture', ARGV[6])
redis.call('HSET', KEYS[1], id, ARGV[5] .. ' ' .. ARGV[6])
redis.call('HSET', KEYS[2], id, ARGV[7])
redis.call('ZADD', KEYS[3], 0, id)
-- Without a match its events are nobody's.
if not stored then redis.call('UNLINK', KEYS[4]) end
commit_dirty()
return 1
