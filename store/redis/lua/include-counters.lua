-- For apply.lua: counters of players.

local TOO_LARGE = 8

-- Only reads. `products` are groups of names and of players, each with the keys of the places of its names and of its players' counters; packed are, of
-- each counter, the slots of its name and of its player (uint16 each). All is in lists by slot, as thousands of tables would cost more than the rest.
local function read_counters(products, names, players, packed, count)
  local counters = { names = names, players = players, count = count, slots = {}, values = {}, is_changed = {} }
  if count == 0 then return counters end
  local product_of, ids, stored = {}, {}, {}
  for _, product in ipairs(products) do
    local first, last, first_player = product.first_slot, product.last_slot, product.first_player
    local known = redis.call('HMGET', product.names_key, unpack(names, first, last))
    product.size, product.new_names = redis.call('HLEN', product.names_key), {}
    for slot = first, last do
      product_of[slot], ids[slot] = product, tonumber(known[slot - first + 1])
    end
    local found = redis.call('HMGET', product.counters_key, unpack(players, first_player, product.last_player))
    for i = 1, #found do stored[first_player + i - 1] = found[i] end
  end
  local slots = { struct.unpack('<' .. string.rep('HH', count), packed) }
  local values = counters.values
  for slot = 1, count do
    local id, known = ids[slots[2 * slot - 1]], stored[slots[2 * slot]]
    if known and id then values[slot] = get_counter(known, id) end
  end
  counters.slots, counters.product_of, counters.ids, counters.stored = slots, product_of, ids, stored
  return counters
end

-- Only computes. Gives the number of a code where it is refused.
local function add_to(counters, slot, by, most_names)
  local old, name_slot = counters.values[slot], counters.slots[2 * slot - 1]
  local new = (old or 0) + by
  if by - by ~= 0 or new - new ~= 0 then return 0 end
  if not counters.ids[name_slot] then
    local product = counters.product_of[name_slot]
    if product.size >= most_names then return TOO_LARGE end
    product.size = product.size + 1
    product.new_names[#product.new_names + 1], product.new_names[#product.new_names + 2] = counters.names[name_slot], product.size
    counters.ids[name_slot] = product.size
  end
  if new ~= old then counters.values[slot], counters.is_changed[slot] = new, true end
end

local function put_counter(packed, id, value)
  local before, length, number = 8 * (id - 1), #packed, struct.pack('<d', value)
  if length <= before then return packed .. string.rep(NO_COUNTER, (before - length) / 8) .. number end
  -- Most players have few counters, and each piece of a text costs as much as a number.
  if length == 8 then return number end
  if before == 0 then return number .. string.sub(packed, 9) end
  if length == before + 8 then return string.sub(packed, 1, before) .. number end
  return string.sub(packed, 1, before) .. number .. string.sub(packed, before + 9)
end

-- Only computes what is to be written; adds the products whose players changed to `dirty_names`.
local function plan_counters(counters, products, dirty_names)
  local stored, is_changed, slots, ids, values, changed = counters.stored, counters.is_changed, counters.slots, counters.ids, counters.values, {}
  for slot = 1, counters.count do
    if is_changed[slot] then
      local player_slot = slots[2 * slot]
      changed[player_slot] = put_counter(changed[player_slot] or stored[player_slot] or '', ids[slots[2 * slot - 1]], values[slot])
    end
  end
  for _, product in ipairs(products) do
    local rows, n = {}, 0
    for player_slot = product.first_player, product.last_player do
      local value = changed[player_slot]
      if value then
        rows[n + 1], rows[n + 2] = counters.players[player_slot], value
        n = n + 2
      end
    end
    product.rows = rows
    if n > 0 then dirty_names[#dirty_names + 1] = 'players:' .. product.id end
  end
end

local function commit_counters(products)
  for _, product in ipairs(products) do
    if #product.rows > 0 then redis.call('HSET', product.counters_key, unpack(product.rows)) end
    if #product.new_names > 0 then redis.call('HSET', product.names_key, unpack(product.new_names)) end
  end
end
