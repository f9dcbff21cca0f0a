#!lua flags=no-writes
-- Reads events of a match.
--
-- KEYS  1 matches, 2 the match's events
-- ARGV  1 match, 2 number after which, 3 limit
-- Returns  {number of events, event, ...}, or {-1} where there is no such match

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return { -1 } end
local after, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local answer = { redis.call('LLEN', KEYS[2]) }
if limit > 0 then
  for i, event in ipairs(redis.call('LRANGE', KEYS[2], after, after + limit - 1)) do answer[i + 1] = event end
end
return answer
