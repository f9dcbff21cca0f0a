-- Shared by several scripts: how a match is written, and by what its state is told.

-- A match is stored as `<creation> <revision> <fixture as JSON>`: the first is another one each time that it is created, the second, too, with each
-- fixture, so that the two (its label) tell whether it is the same match with the same fixture. Its events are only ever added to.
local function label_of(stored) return string.match(stored, '^%S+ %S+') end
local function creation_of(label) return string.match(label, '^%S+') end

-- Of the event number `n`, '' for 0 and where there are not so many. It tells lists of equal length apart: a store may have been set back.
local function hash_of_event(list_key, n)
  local event = n > 0 and redis.call('LINDEX', list_key, n - 1)
  return event and redis.sha1hex(event) or ''
end
