-- For apply.lua: counters of players.

local TOO_LARGE = 8

-- Only reads. `products` are groups of names, each with the key of the set of all its names; packed are, of each counter, the slot of its name
-- and the place of its player (uint16 each).
local function read_counters(counters_key, products, names, players, packed, count)
  local counters, fields, product_of, is_known = {}, {}, {}, {}
  if count == 0 then return counters end
  for _, product in ipairs(products) do
    local first, last = product.first_slot, product.last_slot
    local known = redis.call('SMISMEMBER', product.key, unpack(names, first, last))
    product.size, product.new_names = redis.call('SCARD', product.key), {}
    for slot = first, last do
      product_of[slot], is_known[slot] = product, known[slot - first + 1] == 1
    end
  end
  local slots = { struct.unpack('<' .. string.rep('HH', count), packed) }
  for slot = 1, count do
    local name_slot, place = slots[2 * slot - 1], slots[2 * slot]
    local counter = { product = product_of[name_slot], name = names[name_slot], player = players[place] }
    counter.is_known, counter.name_slot, counter.place = is_known, name_slot, place
    fields[slot] = counter_field(counter.product.id, counter.player, counter.name)
    counters[slot] = counter
  end
  local found = redis.call('HMGET', counters_key, unpack(fields))
  for slot = 1, count do
    counters[slot].field = fields[slot]
    if found[slot] then counters[slot].value = found[slot] + 0 end
  end
  return counters
end

-- Only computes. Gives the number of a code where it is refused.
local function add_to(counter, by, most_names)
  local product, new = counter.product, (counter.value or 0) + by
  if by - by ~= 0 or new - new ~= 0 then return 0 end
  if not counter.is_known[counter.name_slot] then
    if product.size >= most_names then return TOO_LARGE end
    product.size = product.size + 1
    product.new_names[#product.new_names + 1] = counter.name
    counter.is_known[counter.name_slot] = true
  end
  if new ~= counter.value then
    counter.value, counter.is_changed = new, true
  end
end

-- Only computes. Gives fields and values to be written; adds the players whose counters changed to `dirty_names`.
local function plan_counters(counters, dirty_names)
  local rows, is_marked = {}, {}
  for _, counter in ipairs(counters) do
    if counter.is_changed then
      rows[#rows + 1], rows[#rows + 2] = counter.field, counter.value
      local name = 'player:' .. counter.product.id .. ':' .. counter.player
      if not is_marked[name] then dirty_names[#dirty_names + 1] = name end
      is_marked[name] = true
    end
  end
  return rows
end

local function commit_counters(counters_key, rows, products)
  if #rows > 0 then redis.call('HSET', counters_key, unpack(rows)) end
  for _, product in ipairs(products) do
    if product.new_names and #product.new_names > 0 then redis.call('SADD', product.key, unpack(product.new_names)) end
  end
end
