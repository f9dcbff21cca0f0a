#!lua
-- Begins, or begins again, what is to happen once under a key. When it is forgotten is fixed at the first use, whatever is retried.
--
-- KEYS  1 what is known of the key
-- ARGV  1 for how long it stands for one body (ms), 2 for how long that body is recognised (ms), 3 hash of the body
-- Returns  {number of the retention in which it began, 1 where it had begun before, else 0}, or 0 where it stands for another body

local known = redis.call('HMGET', KEYS[1], 'hash', 'begun', 'period')
if known[1] == ARGV[3] then return { tonumber(known[3]), 1 } end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local retention = tonumber(ARGV[1])
if known[1] and now < tonumber(known[2]) + retention then return 0 end
local period = math.floor(now / retention)
redis.call('HSET', KEYS[1], 'hash', ARGV[3], 'begun', now, 'period', period)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { period, 0 }
