#!lua flags=allow-oom
-- Frees a lease that is held by this owner under this number; its number stays, for the next to be higher.
--
-- KEYS  1 the lease
-- ARGV  1 owner, 2 fencing number
-- Returns  1, or 0 where it was not held

local lease = redis.call('HMGET', KEYS[1], 'owner', 'fence')
if lease[1] ~= ARGV[1] or tonumber(lease[2]) ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'until', 0)
return 1
