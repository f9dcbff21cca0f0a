#!lua flags=no-writes
-- Lists boards of one partition in byte order of their ids.
--
-- KEYS  1 boards, 2 configs, 3 totals
-- ARGV  1 lowest id as ZRANGEBYLEX has it, 2 limit
-- Returns  {id, configuration, total, ...}

-- @include include-boards.lua

local ids = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
local configs, totals = hmget(KEYS[2], ids), hmget(KEYS[3], ids)
local flat = {}
for i = 1, #ids do
  flat[#flat + 1] = ids[i]
  flat[#flat + 1] = configs[i]
  flat[#flat + 1] = totals[i]
end
return flat
