#!lua flags=no-writes
-- Reads what was noted in the probe of a partition.
--
-- KEYS  1 probe
-- Returns  the time (ms), or '' where there is none

return redis.call('GET', KEYS[1]) or ''
