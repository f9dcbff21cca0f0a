#!lua flags=no-writes
-- Reads pages of boards of one partition, rows and names as of one moment.
--
-- KEYS  1 configs, 2 profiles, 3 windows, then per query the board's ranking
-- ARGV  per query: board, offset, limit or 'top'
-- Returns  per query {configuration or '', total, rank of the first row, {element, stored score, ...}, {name or nil, ...}}

-- @include include-boards.lua

local bases = {}
for i = 1, #ARGV, 3 do bases[#bases + 1] = base_of(ARGV[i]) end
local configs = hmget(KEYS[1], bases)
local pages = {}
for q = 1, #bases do
  local config, ranking_key = configs[q], KEYS[q + 3]
  if not config or is_missing_window(KEYS[3], ARGV[3 * q - 2]) then
    pages[q] = { '', 0, 0, {}, {} }
  else
    local _, ties, top = parse_config(config)
    local offset, limit = tonumber(ARGV[3 * q - 1]), ARGV[3 * q]
    limit = limit == 'top' and top or tonumber(limit)
    local rows, first_rank = {}, 0
    if limit > 0 then
      rows = redis.call('ZRANGE', ranking_key, offset, offset + limit - 1, 'WITHSCORES')
      if #rows > 0 then first_rank = offset == 0 and 1 or rank_of(ranking_key, rows[2]) end
    end
    pages[q] = { config, redis.call('ZCARD', ranking_key), first_rank, rows, names_of(KEYS[2], rows, ties) }
  end
end
return pages
