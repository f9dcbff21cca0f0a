#!lua flags=no-writes
-- Reads some members of a board, in no order, and what stands in its ranking and is nobody's.
--
-- KEYS  1 configs, 2 the board's ranking, 3 its arrivals, 4 windows
-- ARGV  1 board, 2 cursor or '', 3 how many, about
-- Returns  {next cursor or '', {member, ...}, configuration or '', {element of a stray in hexadecimal, what readers take it for,
--          its stored score, ...}}

-- @include include-boards.lua

local config = config_of(KEYS[1], KEYS[4], ARGV[1])
if not config then return { '', {}, '', {} } end
local _, ties = parse_config(config)

-- With ties "first" an element changes with its score, and could slip past the scan; so the members of the arrivals are
-- scanned before the elements.
local phase, cursor = string.match(ARGV[2], '^(%a+) (%d+)$')
if not phase then phase, cursor = ties == 'first' and 'arrivals' or 'ranking', '0' end

local scanned
if phase == 'arrivals' then
  scanned = redis.call('HSCAN', KEYS[3], cursor, 'COUNT', ARGV[3])
else
  scanned = redis.call('ZSCAN', KEYS[2], cursor, 'COUNT', ARGV[3])
end

local flat, members, strays = scanned[2], {}, {}
if phase == 'arrivals' or ties ~= 'first' then
  for i = 1, #flat, 2 do members[#members + 1] = flat[i] end
else
  local owned = find_owned(KEYS[3], flat, 2)
  for i = 1, #flat, 2 do
    local member = member_of(flat[i], ties)
    if owned[flat[i]] then
      members[#members + 1] = member
    else
      local hex = string.gsub(flat[i], '.', function(byte) return string.format('%02x', string.byte(byte)) end)
      strays[#strays + 1], strays[#strays + 2], strays[#strays + 3] = hex, member, flat[i + 1]
    end
  end
end

local next_cursor = scanned[1] ~= '0' and phase .. ' ' .. scanned[1] or ''
if next_cursor == '' and phase == 'arrivals' and redis.call('ZCARD', KEYS[2]) > 0 then next_cursor = 'ranking 0' end
return { next_cursor, members, config, strays }
