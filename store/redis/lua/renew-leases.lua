#!lua flags=allow-oom
-- Prolongs leases that are still held by this owner under these numbers.
--
-- KEYS  the leases
-- ARGV  1 owner, 2 term from now (ms), then of each lease its fencing number
-- Returns  of each 1, or 0 where it is no longer held

local OWNER, TERM, OTHERS = ARGV[1], tonumber(ARGV[2]), 2
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local held = {}
for i, key in ipairs(KEYS) do
  local lease = redis.call('HMGET', key, 'owner', 'fence', 'until')
  local is_ours = lease[1] == OWNER and tonumber(lease[2]) == tonumber(ARGV[OTHERS + i])
  held[i] = is_ours and now < tonumber(lease[3]) and 1 or 0
end

for i, key in ipairs(KEYS) do
  if held[i] == 1 then redis.call('HSET', key, 'until', now + TERM) end
end
return held
