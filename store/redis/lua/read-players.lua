#!lua flags=no-writes
-- Reads the counters of players.
--
-- KEYS  per product the hash of the places of its counters' names, the hash of its players' counters
-- ARGV  per product: number of players, players
-- Returns  per player {name, value, ...}

-- @include include-counter-values.lua

local answers = {}
local at, key = 1, 1
while ARGV[at] do
  local count = tonumber(ARGV[at])
  local names = redis.call('HGETALL', KEYS[key])
  local stored = redis.call('HMGET', KEYS[key + 1], unpack(ARGV, at + 1, at + count))
  for i = 1, count do
    local answer = {}
    for n = 1, stored[i] and #names or 0, 2 do
      local value = get_counter(stored[i], tonumber(names[n + 1]))
      if value then answer[#answer + 1], answer[#answer + 2] = names[n], string.format('%.17g', value) end
    end
    answers[#answers + 1] = answer
  end
  at, key = at + 1 + count, key + 2
end
return answers
