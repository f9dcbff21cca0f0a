#!lua flags=no-writes
-- Reads what the caller does not know of matches yet.
--
-- KEYS  1 matches, then per match its events
-- ARGV  1 most events in all, then per match: match, known label, known number of events, hash of the last of them
-- Returns  per match {label and fixture, or only the label where it is the known one, or '' where there is no match, number of events,
--          number of known ones that are still so, the events after them, as far as there is room}

-- @include include-match-labels.lua

local left, answers = tonumber(ARGV[1]), {}
for place = 1, #KEYS - 1 do
  local list = KEYS[place + 1]
  local id, known_label, known, hash = unpack(ARGV, 4 * place - 2, 4 * place + 1)
  local stored = redis.call('HGET', KEYS[1], id)
  if not stored then
    answers[place] = { '', 0, 0, {} }
  else
    local label, count, from, events = label_of(stored), redis.call('LLEN', list), tonumber(known), {}
    local is_same = known_label ~= '' and creation_of(known_label) == creation_of(label)
    if not is_same or from > count or hash_of_event(list, from) ~= hash then from = 0 end
    local room = math.min(left, count - from)
    if room > 0 then events = redis.call('LRANGE', list, from, from + room - 1) end
    left = left - room
    answers[place] = { known_label == label and label or stored, count, from, events }
  end
end
return answers
