#!lua flags=no-writes
-- Reads a part of a board's checkpoint.
--
-- KEYS  1 the board's checkpoint, 2 created
-- ARGV  1 board, 2 place of the first wanted text from 1 (place 0 has the label), 3 place of the last
-- Returns  {label, text, ...}, or {'', the position at which the board was created} where there is no checkpoint,
--          or {} where the store knows of no such board, or {'damaged'} where the label, or else the creation, is not what was written

-- @include include-checkpoint-label.lua

local label = read_label(KEYS[1])
if label then return { label, unpack(redis.call('LRANGE', KEYS[1], ARGV[2], ARGV[3])) } end
if label == false then return { 'damaged' } end
local created = read_creation(KEYS[2], ARGV[1])
if created == nil then return {} end
return created and { '', created } or { 'damaged' }
