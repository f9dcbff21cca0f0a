#!lua flags=no-writes
-- Reads pages of boards of one partition, rows and names as of one moment.
--
-- KEYS  1 configs, 2 profiles, 3 windows, then per query the board's ranking
-- ARGV  per query: board, offset, limit or 'top'
-- Returns  per query '' where there is no such board or window, else configuration, total, rank of the first row, element, stored score, ... as lines: one
--          text, since very many replies cost whoever reads them more than all else (no element has control characters). Where members of the partition
--          have display names: {that text, {name or nil, ...}}

-- @include include-boards.lua

local bases = {}
for i = 1, #ARGV, 3 do bases[#bases + 1] = base_of(ARGV[i]) end
local configs = hmget(KEYS[1], bases)
local has_names = redis.call('HLEN', KEYS[2]) > 0
local function page_of(config, ranking_key, offset, limit)
  local _, ties, top = parse_config(config)
  limit = limit == 'top' and top or tonumber(limit)
  local rows, first_rank = {}, 0
  if limit > 0 then
    rows = redis.call('ZRANGE', ranking_key, offset, offset + limit - 1, 'WITHSCORES')
    if #rows > 0 then first_rank = offset == 0 and 1 or rank_of(ranking_key, rows[2]) end
  end
  -- Less than was asked for, from the first on, is all there is.
  local total = offset == 0 and #rows < 2 * limit and #rows / 2 or redis.call('ZCARD', ranking_key)
  local text = config .. '\n' .. total .. '\n' .. first_rank .. '\n' .. table.concat(rows, '\n')
  if not has_names then return text end
  return { text, names_of(KEYS[2], rows, ties) }
end

local pages = {}
for q = 1, #bases do
  if not configs[q] or is_missing_window(KEYS[3], ARGV[3 * q - 2]) then
    pages[q] = ''
  else
    pages[q] = page_of(configs[q], KEYS[q + 3], tonumber(ARGV[3 * q - 1]), ARGV[3 * q])
  end
end
return pages
