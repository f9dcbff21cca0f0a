#!lua flags=allow-oom
-- Notes a time in the probes of partitions and marks them dirty.
--
-- KEYS  of each partition: 1 probe, 2 dirty, 3 all-dirty
-- ARGV  1 time (ms), 2 most dirty names, 3 what a probe is called among them
-- Returns  nothing

-- @include include-dirty.lua

local KEYS_EACH = 3
local at, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local marks = {}
for i = 1, #KEYS / KEYS_EACH do
  marks[i] = plan_dirty(KEYS[KEYS_EACH * i - 1], KEYS[KEYS_EACH * i], { ARGV[3] }, at, most)
end

for i, mark_dirty in ipairs(marks) do
  redis.call('SET', KEYS[KEYS_EACH * i - 2], ARGV[1])
  mark_dirty()
end
