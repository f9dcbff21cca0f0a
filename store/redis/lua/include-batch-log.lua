-- For apply.lua: what of a batch goes to the log. Operations, and the texts that they name, are packed as in its arguments.

-- Cuts the runs of operations (first and last place each) at places that are left out.
local function cut_runs(runs, left_out)
  local cut, next_left_out = {}, 1
  for r = 1, #runs, 2 do
    local from, to = runs[r], runs[r + 1]
    while left_out[next_left_out] and left_out[next_left_out] <= to do
      local place = left_out[next_left_out]
      if place > from then
        cut[#cut + 1], cut[#cut + 2] = from, place - 1
      end
      from = place + 1
      next_left_out = next_left_out + 1
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

-- What of the batch's texts these runs of operations use, by slot or place.
local function find_used(batch, runs)
  local kinds, values, counters = batch.kinds, batch.values, batch.counters
  local used = { members = {}, profiles = {}, names = {}, counters = {}, counter_names = {}, players = {}, users = {}, modes = {} }
  for r = 1, #runs, 2 do
    for i = runs[r], runs[r + 1] do
      local code, slot, value = kinds[3 * i - 2], 256 * kinds[3 * i - 1] + kinds[3 * i], values[i]
      if code < 3 then
        used.members[slot] = true
      elseif code == 3 then
        used.profiles[slot], used.names[value] = true, true
      elseif code == 5 then
        used.members[slot], used.members[value % 65536], used.has_results = true, true, true
      elseif code == 6 then
        used.counters[slot], used.counter_names[counters[slot].name_slot], used.players[counters[slot].place] = true, true, true
      elseif code == 7 then
        used.users[slot], used.modes[value] = true, true
      elseif code == 8 then
        used.users[slot] = true
      end
    end
  end
  return used
end

-- Packs the operations of these runs anew, with no more texts than they use, as `fields` of an entry.
local function pack_runs(batch, runs, fields)
  local kinds, used, places = batch.kinds, find_used(batch, runs), {}
  for _, list in ipairs({ 'members', 'profiles', 'names', 'counter_names', 'players', 'users', 'modes' }) do
    fields[list], places[list] = pack_used(batch[list], used[list])
  end
  fields.boards = pack_used_groups(batch.boards, used.members)
  fields.products = pack_used_groups(batch.products, used.counter_names)
  fields.areas = pack_used_groups(batch.areas, used.users)
  if not used.has_results then fields.handlers = '' end
  local counters, counter_slots = {}, {}
  for slot, counter in ipairs(batch.counters) do
    if used.counters[slot] then
      counters[#counters + 1] = struct.pack('<HH', places.counter_names[counter.name_slot], places.players[counter.place])
      counter_slots[slot] = #counters
    end
  end
  fields.counters = table.concat(counters)

  local new_kinds, new_values = {}, {}
  for r = 1, #runs, 2 do
    for i = runs[r], runs[r + 1] do
      local code, slot, value = kinds[3 * i - 2], 256 * kinds[3 * i - 1] + kinds[3 * i], batch.values[i]
      if code < 3 then
        slot = places.members[slot]
      elseif code == 3 then
        slot, value = places.profiles[slot], places.names[value]
      elseif code == 5 then
        local loser = value % 65536
        slot, value = places.members[slot], value - loser + places.members[loser]
      elseif code == 6 then
        slot = counter_slots[slot]
      elseif code == 7 then
        slot, value = places.users[slot], places.modes[value]
      elseif code == 8 then
        slot = places.users[slot]
      end
      new_kinds[#new_kinds + 1] = struct.pack('>BH', code, slot)
      new_values[#new_values + 1] = struct.pack('<d', value)
    end
  end
  fields.kinds, fields.values = table.concat(new_kinds), table.concat(new_values)
end

-- Fields of an entry as the log takes them: what nearly every batch has is always there, the rest only where it is not empty.
local function flatten_fields(fields)
  local flat = {}
  for _, name in ipairs({ 'boards', 'members', 'profiles', 'names', 'kinds', 'values' }) do
    flat[#flat + 1], flat[#flat + 2] = name, fields[name]
  end
  for _, name in ipairs({ 'products', 'counter_names', 'players', 'counters', 'areas', 'users', 'modes', 'handlers', 'windows' }) do
    if fields[name] ~= '' then flat[#flat + 1], flat[#flat + 2] = name, fields[name] end
  end
  return flat
end
