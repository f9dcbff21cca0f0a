#!lua
-- Takes a producer over in its home partition, where the caller knows the latest claim: what arrives after another claim changes nothing.
--
-- KEYS  1 the producer's record
-- ARGV  1 retention (ms), 2 the latest claim, or 0
-- Returns  {new claim, last number settled, refused numbers as include-producers.lua packs them}, or {latest claim} where it is
--          another one; all as texts, since clients read large integers inexactly

local record = redis.call('HMGET', KEYS[1], 'claim', 'last', 'refused')
local latest = tonumber(record[1] or '0')
if latest ~= tonumber(ARGV[2]) then return { string.format('%.0f', latest) } end
-- From the time, so that it grows over a loss of the data too.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local claim = math.max(latest + 1, now)
redis.call('HSET', KEYS[1], 'claim', claim, 'last', record[2] or '0')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { string.format('%.0f', claim), record[2] or '0', record[3] or '' }
