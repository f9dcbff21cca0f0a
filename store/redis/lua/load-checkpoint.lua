#!lua flags=no-writes
-- Reads a part of a board's checkpoint.
--
-- KEYS  1 the board's checkpoint, 2 created
-- ARGV  1 board, 2 place of the first wanted text from 1 (place 0 has the label), 3 place of the last
-- Returns  {label, text, ...}, or {'', the position at which the board was created} where there is no checkpoint,
--          or {} where the store knows of no such board

local label = redis.call('LINDEX', KEYS[1], 0)
if label then return { label, unpack(redis.call('LRANGE', KEYS[1], ARGV[2], ARGV[3])) } end
local created = redis.call('HGET', KEYS[2], ARGV[1])
return created and { '', created } or {}
