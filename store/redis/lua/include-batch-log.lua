-- For apply.lua: what of a batch goes to the log. Operations, and the texts that they name, are packed as in its arguments.

-- Cuts the runs of operations (first and last place each) at those refused, whose places are every second of `refused`.
local function cut_runs(runs, refused)
  local cut, next_refused = {}, 1
  for r = 1, #runs, 2 do
    local from, to = runs[r], runs[r + 1]
    while refused[next_refused] and refused[next_refused] <= to do
      local place = refused[next_refused]
      if place > from then
        cut[#cut + 1], cut[#cut + 2] = from, place - 1
      end
      from = place + 1
      next_refused = next_refused + 2
    end
    if from <= to then
      cut[#cut + 1], cut[#cut + 2] = from, to
    end
  end
  return cut
end

-- Some records of a packed list, each `width` bytes.
local function slice_runs(packed, width, runs)
  local slices = {}
  for r = 1, #runs, 2 do
    slices[#slices + 1] = string.sub(packed, width * (runs[r] - 1) + 1, width * runs[r + 1])
  end
  return table.concat(slices)
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

-- Packs the operations of these runs anew, with no more texts than they use: boards, members, profile members, names, kinds, values.
local function pack_runs(batch, runs)
  local kinds, used_members, used_profiles, used_names = batch.kinds, {}, {}, {}
  for r = 1, #runs, 2 do
    for i = runs[r], runs[r + 1] do
      local slot = 256 * kinds[3 * i - 1] + kinds[3 * i]
      if kinds[3 * i - 2] == 3 then
        used_profiles[slot], used_names[batch.values[i]] = true, true
      else
        used_members[slot] = true
      end
    end
  end
  local boards = {}
  for _, board in ipairs(batch.boards) do
    local count = 0
    for slot = board.first_slot, board.last_slot do
      if used_members[slot] then count = count + 1 end
    end
    if count > 0 then boards[#boards + 1] = pack_text(board.id) .. struct.pack('<H', count) end
  end
  local members, slots = pack_used(batch.members, used_members)
  local profiles, profile_slots = pack_used(batch.profile_members, used_profiles)
  local names, name_places = pack_used(batch.names, used_names)
  local new_kinds, new_values = {}, {}
  for r = 1, #runs, 2 do
    for i = runs[r], runs[r + 1] do
      local code, slot, value = kinds[3 * i - 2], 256 * kinds[3 * i - 1] + kinds[3 * i], batch.values[i]
      if code == 3 then
        slot, value = profile_slots[slot], name_places[value]
      else
        slot = slots[slot]
      end
      new_kinds[#new_kinds + 1] = struct.pack('>BH', code, slot)
      new_values[#new_values + 1] = struct.pack('<d', value)
    end
  end
  return table.concat(boards), members, profiles, names, table.concat(new_kinds), table.concat(new_values)
end
