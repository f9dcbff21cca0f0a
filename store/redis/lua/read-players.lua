#!lua flags=no-writes
-- Reads the counters of players.
--
-- KEYS  1 counters, then per product the hash of the places of its counters' names
-- ARGV  per product: product, number of players, players
-- Returns  per player {name, value, ...}

-- @include include-counter-fields.lua

local answers = {}
local at, p = 1, 1
while ARGV[at] do
  p = p + 1
  local product, count = ARGV[at], tonumber(ARGV[at + 1])
  local names, fields = redis.call('HGETALL', KEYS[p]), {}
  for i = 1, count do fields[i] = player_field(product, ARGV[at + 1 + i]) end
  local stored = redis.call('HMGET', KEYS[1], unpack(fields))
  for i = 1, count do
    local answer = {}
    for n = 1, stored[i] and #names or 0, 2 do
      local value = get_counter(stored[i], tonumber(names[n + 1]))
      if value then answer[#answer + 1], answer[#answer + 2] = names[n], string.format('%.17g', value) end
    end
    answers[#answers + 1] = answer
  end
  at = at + 2 + count
end
return answers
