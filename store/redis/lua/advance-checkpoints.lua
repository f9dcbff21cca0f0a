#!lua
-- Moves checkpoints of boards of one partition to a later position, each only if it still stands where it was found.
--
-- KEYS  the boards' checkpoints
-- ARGV  1 the position, then where each was found
-- Returns  how many were moved

-- @include include-checkpoint-label.lua

local moved = {}
for i = 1, #KEYS do
  local _, position, id = read_label(KEYS[i])
  if position == ARGV[i + 1] then moved[#moved + 1] = { KEYS[i], checkpoint_label(ARGV[1], id) } end
end

-- From here on only writes.
for i = 1, #moved do redis.call('LSET', moved[i][1], 0, moved[i][2]) end
return #moved
