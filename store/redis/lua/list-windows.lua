#!lua flags=no-writes
-- Reads which windows a board has.
--
-- KEYS  1 the set of its windows
-- Returns  {window, ...} in no order

return redis.call('SMEMBERS', KEYS[1])
