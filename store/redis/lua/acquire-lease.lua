#!lua flags=allow-oom
-- Takes the lease of a partition that is free, expired or already the owner's, with a new fencing number.
--
-- KEYS  1 the lease: a hash of owner, fence, until (ms); it outlives its term, for the numbers to grow
--       2 the highest fencing number that dirty names were taken under
-- ARGV  1 owner, 2 term (ms), 3 a fencing number that the new one is to be higher than
-- Returns  the fencing number, or 0 while another holds it

local lease = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'until')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if lease[1] and lease[1] ~= ARGV[1] and now < tonumber(lease[3]) then return 0 end

-- From the time, so that it grows over a loss of the data too; and above what is known elsewhere, should the time have been set back.
local highest = math.max(tonumber(lease[2] or '0'), tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[3]))
local fence = math.max(highest + 1, now)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'fence', string.format('%.0f', fence), 'until', now + tonumber(ARGV[2]))
return fence
