#!lua flags=no-writes
-- Reads what one partition has settled of a producer, or of a use of an idempotency key.
--
-- KEYS  1 its record
-- Returns  last number settled, as a text

return redis.call('HGET', KEYS[1], 'last') or '0'
