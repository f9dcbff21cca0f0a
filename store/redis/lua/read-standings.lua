#!lua flags=no-writes
-- Reads ranks and scores of members of boards of one partition.
--
-- KEYS  1 configs, 2 windows, then per query the board's ranking and its arrivals
-- ARGV  per query: board, number of members, members
-- Returns  per query {configuration or '', total, {rank (0: not on the board), stored score or '', ...}}

-- @include include-boards.lua

local answers = {}
local at, q = 1, 0
while ARGV[at] do
  q = q + 1
  local id, count = ARGV[at], tonumber(ARGV[at + 1])
  local from, to = at + 2, at + 1 + count
  at = to + 1
  local ranking_key, arrivals_key = KEYS[2 * q + 1], KEYS[2 * q + 2]
  local config = config_of(KEYS[1], KEYS[2], id)
  if not config then
    answers[q] = { '', 0, {} }
  else
    local _, ties = parse_config(config)
    local scores = {}
    if count > 0 and ties == 'first' then
      local arrivals = redis.call('HMGET', arrivals_key, unpack(ARGV, from, to))
      local elements, places = {}, {}
      for i = 1, count do
        if arrivals[i] then
          elements[#elements + 1] = arrivals[i] .. ARGV[from + i - 1]
          places[#places + 1] = i
        end
      end
      if #elements > 0 then
        local found = redis.call('ZMSCORE', ranking_key, unpack(elements))
        for i = 1, #found do scores[places[i]] = found[i] end
      end
    elseif count > 0 then
      scores = redis.call('ZMSCORE', ranking_key, unpack(ARGV, from, to))
    end

    -- Equals share their rank, so it is counted once per score.
    local ranks, flat = {}, {}
    for i = 1, count do
      local score = scores[i]
      if score then
        local rank = ranks[score]
        if not rank then
          rank = rank_of(ranking_key, score)
          ranks[score] = rank
        end
        flat[2 * i - 1], flat[2 * i] = rank, score
      else
        flat[2 * i - 1], flat[2 * i] = 0, ''
      end
    end
    answers[q] = { config, redis.call('ZCARD', ranking_key), flat }
  end
end
return answers
