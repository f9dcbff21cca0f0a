#!lua
-- Adds a text to a checkpoint that is being written; with the last one it becomes the board's.
--
-- KEYS  1 the checkpoint that is being written, 2 the board's checkpoint, 3 created
-- ARGV  1 board, 2 how many texts are there already, 3 the text (the first: the id), 4 time after which an unfinished one is dropped (ms),
--       5 '1' with the last text, 6 the position of the checkpoint
-- Returns  1, 2 where the board has one of a later position, or 0 where the earlier texts are gone, or the board is, or it was
--          made anew after that position, or after one that can't be told

-- @include include-checkpoint-label.lua

local position = tonumber(ARGV[6])
local created = read_creation(KEYS[3], ARGV[1])
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) or not created or tonumber(created) > position then return 0 end
-- A damaged one gives way to any.
local label, latest = read_label(KEYS[2])
if label and tonumber(latest) > position then
  redis.call('UNLINK', KEYS[1])
  return 2
end

redis.call('RPUSH', KEYS[1], ARGV[2] == '0' and checkpoint_label(ARGV[6], ARGV[3]) or ARGV[3])
if ARGV[5] == '1' then
  redis.call('PERSIST', KEYS[1])
  redis.call('RENAME', KEYS[1], KEYS[2])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
