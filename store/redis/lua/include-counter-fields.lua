-- Shared by several scripts: a counter is a field of one hash, in which all of a partition are. A player may have colons in it, so its length goes before.
local function counter_field(product, player, name)
  return product .. ':' .. #player .. ':' .. player .. ':' .. name
end
