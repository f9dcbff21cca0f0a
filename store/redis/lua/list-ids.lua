#!lua flags=no-writes
-- Lists ids of one partition in byte order.
--
-- KEYS  1 ids, all with score 0
-- ARGV  1 lowest id as ZRANGEBYLEX has it, 2 limit
-- Returns  {id, ...}

return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
