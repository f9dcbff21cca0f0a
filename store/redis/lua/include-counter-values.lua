-- Shared by several scripts: the counters of a player are a field of the hash of the product, a list of float64: a counter is at the place
-- that another hash of the product gives its name (from 1, in the order of first use), NaN where the player has no such counter.

local NO_COUNTER = string.char(0, 0, 0, 0, 0, 0, 248, 127)

-- Nil where there is none.
local function get_counter(packed, id)
  if #packed < 8 * id then return nil end
  local value = struct.unpack('<d', packed, 8 * id - 7)
  if value == value then return value end
end
