#!lua flags=no-writes
-- Reads a member among its neighbours, as of one moment.
--
-- KEYS  1 configs, 2 profiles, 3 the board's ranking, 4 its arrivals, 5 windows
-- ARGV  1 board, 2 member, 3 rows on each side
-- Returns  {configuration, total, index of the member from 0, index of the first row, rank of the first row,
--          {element, stored score, ...}, {name or nil, ...}}, or 0 where the member is not on the board

-- @include include-boards.lua

local config = config_of(KEYS[1], KEYS[5], ARGV[1])
if not config then return 0 end
local _, ties = parse_config(config)
local ranking_key, element, around = KEYS[3], ARGV[2], tonumber(ARGV[3])
if ties == 'first' then
  local arrival = redis.call('HGET', KEYS[4], element)
  if not arrival then return 0 end
  element = arrival .. element
end
local index = redis.call('ZRANK', ranking_key, element)
if not index then return 0 end

local total = redis.call('ZCARD', ranking_key)
local size = 2 * around + 1
local first = math.max(0, math.min(index - around, total - size))
local rows = redis.call('ZRANGE', ranking_key, first, first + size - 1, 'WITHSCORES')
local first_rank = rank_of(ranking_key, rows[2])
return { config, total, index, first, first_rank, rows, names_of(KEYS[2], rows, ties) }
