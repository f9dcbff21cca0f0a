#!lua flags=no-writes
-- Lists configured products of one partition in byte order of their ids.
--
-- KEYS  1 ids of products
-- ARGV  1 lowest id as ZRANGEBYLEX has it, 2 limit
-- Returns  {id, ...}

return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
