#!lua flags=allow-oom
-- Takes a lease that is free, expired or already the owner's, with a new fencing number.
--
-- KEYS  1 the lease: a hash of owner, fence, until (ms); it outlives its term, for the numbers to grow
-- ARGV  1 owner, 2 term (ms)
-- Returns  the fencing number, or 0 while another holds it

local lease = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'until')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if lease[1] and lease[1] ~= ARGV[1] and now < tonumber(lease[3]) then return 0 end

-- From the time, so that it grows over a loss of the data too.
local fence = math.max(tonumber(lease[2] or '0') + 1, now)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'fence', fence, 'until', now + tonumber(ARGV[2]))
return fence
