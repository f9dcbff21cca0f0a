#!lua flags=no-writes
-- Reads where a board came into being.
--
-- KEYS  1 created
-- ARGV  1 board
-- Returns  the position before that, or nothing where there is no such board, or what stands there is no position

-- @include include-checkpoint-label.lua

return read_creation(KEYS[1], ARGV[1])
