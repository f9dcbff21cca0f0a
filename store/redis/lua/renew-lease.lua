#!lua flags=allow-oom
-- Prolongs a lease that is still held by this owner under this number.
--
-- KEYS  1 the lease
-- ARGV  1 owner, 2 fencing number, 3 term from now (ms)
-- Returns  1, or 0 where it is no longer held

local lease = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'until')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if lease[1] ~= ARGV[1] or tonumber(lease[2]) ~= tonumber(ARGV[2]) or now >= tonumber(lease[3]) then return 0 end
redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[3]))
return 1
