#!lua flags=no-writes
-- Reads where the checkpoints of boards of one partition stand.
--
-- KEYS  1 created, then the boards' checkpoints
-- ARGV  the boards
-- Returns  {position, or '' where the store knows of no such board, or 'damaged' where it is not what was written, ...}

-- @include include-checkpoint-label.lua

local positions = {}
for i = 1, #ARGV do
  local label, position = read_label(KEYS[i + 1])
  if label == nil then position = read_creation(KEYS[1], ARGV[i]) end
  if position == nil and label == nil then
    positions[i] = ''
  else
    positions[i] = position or 'damaged'
  end
end
return positions
