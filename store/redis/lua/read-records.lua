#!lua flags=no-writes
-- Reads how members of a board stand, with the position as of the same moment.
--
-- KEYS  1 position, 2 configs, 3 the board's ranking, 4 its arrivals, 5 windows
-- ARGV  1 board, then members
-- Returns  {position, configuration or '', total, {stored score or '', arrival or '', ...}}

-- @include include-boards.lua

local position = tonumber(redis.call('GET', KEYS[1]) or '0')
local config = config_of(KEYS[2], KEYS[5], ARGV[1])
if not config then return { position, '', 0, {} } end

local _, ties = parse_config(config)
local flat = {}
if #ARGV > 1 then
  local scores, arrivals = read_members(KEYS[3], KEYS[4], ties, { unpack(ARGV, 2) })
  for i = 1, #ARGV - 1 do
    flat[2 * i - 1], flat[2 * i] = scores[i] or '', arrivals[i] or ''
  end
end
return { position, config, redis.call('ZCARD', KEYS[3]), flat }
