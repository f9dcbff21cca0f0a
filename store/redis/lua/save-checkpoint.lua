#!lua
-- Adds a text to a checkpoint that is being written; with the last one it becomes the board's.
--
-- KEYS  1 the checkpoint that is being written, 2 the board's checkpoint, 3 created
-- ARGV  1 board, 2 how many texts are there already, 3 the text, 4 time after which an unfinished one is dropped (ms),
--       5 '1' with the last text
-- Returns  1, or 0 where the earlier texts are gone, or the board is

if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) or redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return 0 end

redis.call('RPUSH', KEYS[1], ARGV[3])
if ARGV[5] == '1' then
  redis.call('PERSIST', KEYS[1])
  redis.call('RENAME', KEYS[1], KEYS[2])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
