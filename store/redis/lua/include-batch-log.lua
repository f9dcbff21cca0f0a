-- For apply.lua: what of a batch goes to the log where some of it is left out. Operations, and the texts that they name, are packed as in
-- its arguments.

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

local function pack_long_text(text) return struct.pack('<I4c0', #text, text) end

-- Packs those texts that are used; gives their new places by the old ones too.
local function pack_used(texts, used, pack)
  local packed, places = {}, {}
  for place = 1, #texts do
    if used[place] then
      packed[#packed + 1] = pack(texts[place])
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

-- What of the batch's texts these runs of operations use, by slot or place.
local function find_used(batch, runs)
  local kinds, values, counters = batch.kinds, batch.values, batch.counters
  local used = { members = {}, profiles = {}, names = {}, counters = {}, counter_names = {}, players = {}, users = {}, modes = {}, handlers = {} }
  used.matches, used.events, used.tournament_players = {}, {}, {}
  for r = 1, #runs, 2 do
    for i = runs[r], runs[r + 1] do
      local code, slot, value = kinds[3 * i - 2], 256 * kinds[3 * i - 1] + kinds[3 * i], values[i]
      if code < 3 then
        used.members[slot] = true
      elseif code == 3 then
        used.profiles[slot], used.names[value] = true, true
      elseif code == 5 then
        used.members[slot], used.members[value % 65536], used.handlers[math.floor(value / 131072) + 1] = true, true, true
      elseif code == 6 then
        used.counters[slot], used.counter_names[counters.slots[2 * slot - 1]], used.players[counters.slots[2 * slot]] = true, true, true
      elseif code == 7 then
        used.users[slot], used.modes[value] = true, true
      elseif code == 8 then
        used.users[slot] = true
      elseif code == 10 then
        used.matches[slot], used.events[value] = true, true
      elseif code == 11 or code == 12 then
        used.tournament_players[slot] = true
      end
    end
  end
  return used
end

-- Packs the operations of these runs anew, with no more texts than they use, as `fields` of an entry.
local function pack_runs(batch, runs, fields)
  local kinds, used, places = batch.kinds, find_used(batch, runs), {}
  for _, list in ipairs({ 'members', 'profiles', 'names', 'counter_names', 'players', 'users', 'modes', 'matches', 'tournament_players' }) do
    fields[list], places[list] = pack_used(batch[list] or {}, used[list], pack_text)
  end
  fields.boards = pack_used_groups(batch.boards, used.members)
  fields.products = pack_used_groups(batch.products or {}, used.counter_names)
  fields.tournaments = pack_used_groups(batch.tournaments or {}, used.tournament_players)
  fields.areas = pack_used_groups(batch.areas or {}, used.users)
  fields.handlers, places.handlers = pack_used(batch.handlers or {}, used.handlers, pack_long_text)
  fields.events, places.events = pack_used(batch.events or {}, used.events, pack_long_text)
  local counters, counter_slots = {}, {}
  local slots = batch.counters and batch.counters.slots
  for slot = 1, slots and batch.counters.count or 0 do
    if used.counters[slot] then
      counters[#counters + 1] = struct.pack('<HH', places.counter_names[slots[2 * slot - 1]], places.players[slots[2 * slot]])
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
        local loser, without_handler, handler = value % 65536, value % 131072, math.floor(value / 131072) + 1
        value = without_handler - loser + places.members[loser] + 131072 * (places.handlers[handler] - 1)
        slot = places.members[slot]
      elseif code == 6 then
        slot = counter_slots[slot]
      elseif code == 7 then
        slot, value = places.users[slot], places.modes[value]
      elseif code == 8 then
        slot = places.users[slot]
      elseif code == 10 then
        slot, value = places.matches[slot], places.events[value]
      elseif code == 11 or code == 12 then
        slot = places.tournament_players[slot]
      end
      new_kinds[#new_kinds + 1] = struct.pack('>BH', code, slot)
      new_values[#new_values + 1] = struct.pack('<d', value)
    end
  end
  fields.kinds, fields.values = table.concat(new_kinds), table.concat(new_values)
end
