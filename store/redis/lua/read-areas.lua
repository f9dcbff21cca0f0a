#!lua flags=no-writes
-- Reads how many users are active in the modes of areas.
--
-- KEYS  per query the area's modes
-- ARGV  per query the limit
-- Returns  per query {mode, negated number of users, ...}, most users first, among equals in byte order

local answers = {}
for q = 1, #KEYS do answers[q] = redis.call('ZRANGE', KEYS[q], 0, tonumber(ARGV[q]) - 1, 'WITHSCORES') end
return answers
