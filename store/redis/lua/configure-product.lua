#!lua
-- Replaces the settings of a product.
--
-- KEYS  1 products, 2 ids of products, 3 position, 4 log
-- ARGV  1 product, 2 configuration, 3 changed at (ms), 4 operations that the log keeps
-- Returns  1

-- @include include-log.lua

append_change(KEYS[3], KEYS[4], tonumber(ARGV[4]), ARGV[3], 'configure-product', 'product', ARGV[1], 'config', ARGV[2])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return 1
