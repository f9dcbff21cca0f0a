#!lua flags=no-writes
-- Reads the counters of players.
--
-- KEYS  1 counters, then per product the set of its counters' names
-- ARGV  per product: product, number of players, players
-- Returns  per player {name, value, ...}

-- @include include-boards.lua
-- @include include-counter-fields.lua

local answers = {}
local at, p = 1, 1
while ARGV[at] do
  p = p + 1
  local product, count = ARGV[at], tonumber(ARGV[at + 1])
  local names = redis.call('SMEMBERS', KEYS[p])
  for i = at + 2, at + 1 + count do
    local fields, answer = {}, {}
    for n = 1, #names do fields[n] = counter_field(product, ARGV[i], names[n]) end
    local values = hmget(KEYS[1], fields)
    for n = 1, #names do
      if values[n] then answer[#answer + 1], answer[#answer + 2] = names[n], values[n] end
    end
    answers[#answers + 1] = answer
  end
  at = at + 2 + count
end
return answers
