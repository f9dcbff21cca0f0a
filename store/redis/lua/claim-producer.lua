#!lua
-- Takes a producer over in one partition: from now on parts with an earlier claim are refused there.
--
-- KEYS  1 the producer's record
-- ARGV  1 retention (ms), 2 the claim, or '' in the home partition, which makes it
-- Returns  {claim that is stored now, last number settled, refused numbers as include-producers.lua packs them}; all as
--          texts, since clients read large integers inexactly

local record = redis.call('HMGET', KEYS[1], 'claim', 'last', 'refused')
local known_claim = tonumber(record[1] or '0')
local claim
if ARGV[2] == '' then
  -- From the time, so that it grows over a loss of the data too.
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  claim = math.max(known_claim + 1, now)
else
  claim = math.max(known_claim, tonumber(ARGV[2]))
end
redis.call('HSET', KEYS[1], 'claim', claim, 'last', record[2] or '0')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { string.format('%.0f', claim), record[2] or '0', record[3] or '' }
