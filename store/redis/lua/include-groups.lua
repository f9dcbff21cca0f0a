-- For apply.lua: texts that belong to something, such as members to boards. Each has a slot: they are counted from 1, group after group.

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

-- Packs those texts that are used; gives their new places by the old ones too.
local function pack_used(texts, used)
  local packed, places = {}, {}
  for place = 1, #texts do
    if used[place] then
      packed[#packed + 1] = pack_text(texts[place])
      places[place] = #packed
    end
  end
  return table.concat(packed), places
end

-- Packs those groups that have texts that are used.
local function pack_used_groups(groups, used)
  local packed = {}
  for _, group in ipairs(groups) do
    local count = 0
    for slot = group.first_slot, group.last_slot do
      if used[slot] then count = count + 1 end
    end
    if count > 0 then packed[#packed + 1] = pack_text(group.id) .. struct.pack('<H', count) end
  end
  return table.concat(packed)
end
