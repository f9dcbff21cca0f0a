#!lua flags=no-writes
-- Lists matches of one partition in byte order of their ids.
--
-- KEYS  1 ids of matches, 2 matches, 3 summaries
-- ARGV  1 lowest id as ZRANGEBYLEX has it, 2 limit
-- Returns  {id, label and fixture, summary, ...}

-- @include include-boards.lua

local ids = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
local matches, summaries = hmget(KEYS[2], ids), hmget(KEYS[3], ids)
local flat = {}
for i = 1, #ids do
  flat[#flat + 1], flat[#flat + 2], flat[#flat + 3] = ids[i], matches[i], summaries[i]
end
return flat
