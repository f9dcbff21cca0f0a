#!lua flags=allow-oom
-- Notes a time in the probe of a partition and marks it dirty.
--
-- KEYS  1 probe, 2 dirty, 3 all-dirty
-- ARGV  1 time (ms), 2 most dirty names, 3 what a probe is called among them
-- Returns  nothing

-- @include include-dirty.lua

local mark_dirty = plan_dirty(KEYS[2], KEYS[3], { ARGV[3] }, tonumber(ARGV[1]), tonumber(ARGV[2]))

redis.call('SET', KEYS[1], ARGV[1])
mark_dirty()
