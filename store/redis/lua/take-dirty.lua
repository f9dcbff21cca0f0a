#!lua flags=allow-oom
-- Takes the dirty names of a partition, unless a higher fencing number has been seen.
--
-- KEYS  1 dirty, 2 all-dirty, 3 fence
-- ARGV  1 fencing number
-- Returns  {all dirty since (ms) or '', the text of include-dirty.lua or ''}, or 0 where fenced

local fence = tonumber(ARGV[1])
local seen = tonumber(redis.call('GET', KEYS[3]) or '-1')
if fence < seen then return 0 end
local all_since = redis.call('GET', KEYS[2])
local text = redis.call('GET', KEYS[1])

if fence > seen then redis.call('SET', KEYS[3], ARGV[1]) end
if all_since or text then redis.call('UNLINK', KEYS[1], KEYS[2]) end
return { all_since or '', text or '' }
