#!lua flags=no-writes
-- Reads what was refused of a producer, or of a use of an idempotency key, in one partition.
--
-- KEYS  1 its record
-- Returns  refused numbers as include-producers.lua packs them

return redis.call('HGET', KEYS[1], 'refused') or ''
