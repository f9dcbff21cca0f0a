#!lua flags=allow-oom
-- Takes the dirty names of partitions, each unless a higher fencing number has been seen there.
--
-- KEYS  of each partition: 1 dirty, 2 all-dirty, 3 fence
-- ARGV  of each partition a fencing number
-- Returns  of each partition {all dirty since (ms) or '', the text of include-dirty.lua or ''}, or 0 where fenced

local KEYS_EACH = 3
local taken, is_higher = {}, {}
for i, fence in ipairs(ARGV) do
  local first = KEYS_EACH * (i - 1) + 1
  local seen = tonumber(redis.call('GET', KEYS[first + 2]) or '-1')
  if tonumber(fence) < seen then
    taken[i] = 0
  else
    is_higher[i] = tonumber(fence) > seen
    taken[i] = { redis.call('GET', KEYS[first + 1]) or '', redis.call('GET', KEYS[first]) or '' }
  end
end

for i, fence in ipairs(ARGV) do
  local first = KEYS_EACH * (i - 1) + 1
  if is_higher[i] then redis.call('SET', KEYS[first + 2], fence) end
  if taken[i] ~= 0 and (taken[i][1] ~= '' or taken[i][2] ~= '') then redis.call('UNLINK', KEYS[first], KEYS[first + 1]) end
end
return taken
