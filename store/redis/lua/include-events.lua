-- For apply.lua: events with several operations, of which either all apply or none. In one function, since few batches have such events.

-- `packed` has the places of the first and of the last operation of each (uint16 each), ascending; `save_others` is of include-others.lua.
local function open_events(packed, kinds, values, scores, names, name_changed, save_others)

local places = { struct.unpack('<' .. string.rep('H', #packed / 2), packed) }
-- The last thing that is unpacked is where the text ends.
places[#places] = nil
local at, tables, keys, olds, count = 1, {}, {}, {}, 0

local function save(of, key)
  count = count + 1
  tables[count], keys[count], olds[count] = of, key, of[key]
end

local function save_score(slot)
  save(scores.stored, slot)
  save(scores.is_added, slot)
  save(scores.changed_at, slot)
end

-- `from` and `to` are the places of the event that was begun last.
local events = { from = 0, to = 0 }

-- The place at which the next event begins, from this place on.
function events.seek(place)
  while places[at] and places[at] < place do at = at + 2 end
  return places[at]
end

-- Only reads: keeps what the operations of the event that begins here may change. Gives the place at which the next one begins.
function events.begin(position, left_out_count)
  count = 0
  events.from, events.to, events.position, events.left_out_count = places[at], places[at + 1], position, left_out_count
  at = at + 2
  for i = events.from, events.to do
    local code, slot = kinds[3 * i - 2], 256 * kinds[3 * i - 1] + kinds[3 * i]
    if code < 3 then
      save_score(slot)
    elseif code == 3 then
      save(names, slot)
      save(name_changed, slot)
    elseif code == 5 then
      save_score(slot)
      save_score(values[i] % 65536)
    elseif code > 5 and code < 9 then
      save_others(save, code, slot)
    end
  end
  return places[at]
end

-- Makes everything what it was when the event began.
function events.undo()
  for i = count, 1, -1 do tables[i][keys[i]] = olds[i] end
end

return events
end
