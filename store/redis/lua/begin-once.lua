#!lua
-- Begins, or begins again, what is to happen once under a key.
--
-- KEYS  1 the key's record
-- ARGV  1 retention (ms), 2 hash of the body
-- Returns  refused numbers as include-producers.lua packs them, or 0 where the key was used with another body

local record = redis.call('HMGET', KEYS[1], 'hash', 'refused')
if record[1] and record[1] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'hash', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return record[2] or ''
