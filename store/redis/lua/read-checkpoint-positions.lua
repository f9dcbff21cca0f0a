#!lua flags=no-writes
-- Reads where the checkpoints of boards of one partition stand.
--
-- KEYS  1 created, then the boards' checkpoints
-- ARGV  the boards
-- Returns  {position or '' where the store knows of no such board, ...}

local positions = {}
for i = 1, #ARGV do
  local label = redis.call('LINDEX', KEYS[i + 1], 0)
  positions[i] = label and string.match(label, '^%d+') or redis.call('HGET', KEYS[1], ARGV[i]) or ''
end
return positions
