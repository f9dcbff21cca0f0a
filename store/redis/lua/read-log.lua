#!lua flags=no-writes
-- Reads entries of a partition's log.
--
-- KEYS  1 position, 2 log
-- ARGV  1 position after which, 2 limit
-- Returns  {position, position before the oldest entry that is kept, {{id, {field, value, ...}}, ...}}

local position = tonumber(redis.call('GET', KEYS[1]) or '0')
local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
-- The first field of every entry is where it begins (include-log.lua).
local trimmed_to = oldest and tonumber(oldest[2][2]) or position
local first = string.format('%.0f-0', tonumber(ARGV[1]) + 1)
return { position, trimmed_to, redis.call('XRANGE', KEYS[2], first, '+', 'COUNT', ARGV[2]) }
