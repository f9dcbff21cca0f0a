-- Shared by several scripts: the counters of a player are a field of one hash, in which all of a partition are. The field is the player's dirty name,
-- so that a script makes one text for both. Its value is a list of float64, a counter at the place that a hash of its product gives its name
-- (from 1, in the order of first use), NaN where the player has no such counter.

local NO_COUNTER = string.char(0, 0, 0, 0, 0, 0, 248, 127)

local function player_field(product, player) return 'player:' .. product .. ':' .. player end

-- Nil where there is none.
local function get_counter(packed, id)
  if #packed < 8 * id then return nil end
  local value = struct.unpack('<d', packed, 8 * id - 7)
  if value == value then return value end
end
