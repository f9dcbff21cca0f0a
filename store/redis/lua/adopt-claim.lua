#!lua
-- Tells a partition of a claim that a producer's home has made: from now on parts with an earlier one are refused here.
--
-- KEYS  1 the producer's record
-- ARGV  1 retention (ms), 2 the claim
-- Returns  last number settled, as a text

local record = redis.call('HMGET', KEYS[1], 'claim', 'last')
local claim = math.max(tonumber(record[1] or '0'), tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'claim', claim, 'last', record[2] or '0')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return record[2] or '0'
