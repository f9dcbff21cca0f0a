-- For apply.lua and apply-sums.lua: texts that belong to something, such as members to boards. Each has a slot: they are counted from 1, group after group.

-- Packed groups are, each, an id (text) and the number of its texts (uint16). Gives them with the slots of their texts, and how many texts there are.
local function unpack_groups(packed, count)
  local groups, slots = {}, 0
  local flat = { struct.unpack('<' .. string.rep('Hc0H', count), packed) }
  for place = 1, count do
    local first_slot = slots + 1
    slots = slots + flat[2 * place]
    groups[place] = { id = flat[2 * place - 1], first_slot = first_slot, last_slot = slots }
  end
  return groups, slots
end
