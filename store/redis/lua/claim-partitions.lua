#!lua flags=allow-oom
-- Writes the number of partitions where there is none yet.
--
-- KEYS  1 the number of partitions
-- ARGV  1 ours
-- Returns  the number that the data is laid out for

redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
