#!lua flags=no-writes
-- Reads what was noted in the probes of partitions.
--
-- KEYS  the probes
-- Returns  of each the time (ms), or nil where there is none

return redis.call('MGET', unpack(KEYS))
