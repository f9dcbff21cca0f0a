-- For apply.lua: counters of players.

local TOO_LARGE = 8

-- Only reads. `products` are groups of names, each with the key of the hash of the places of all its names; packed are, of each counter, the slot
-- of its name and the place of its player (uint16 each). Everything is in lists by slot, as thousands of tables would cost more than the rest.
local function read_counters(counters_key, products, names, players, packed, count)
  local counters = { names = names, name_slots = {}, places = {}, documents = {}, values = {}, is_changed = {} }
  if count == 0 then return counters end
  local product_of, ids = {}, {}
  for _, product in ipairs(products) do
    local first, last = product.first_slot, product.last_slot
    local known = redis.call('HMGET', product.key, unpack(names, first, last))
    product.size, product.new_names = redis.call('HLEN', product.key), {}
    product.prefix, product.document_of = player_field(product.id, ''), {}
    for slot = first, last do
      product_of[slot], ids[slot] = product, tonumber(known[slot - first + 1])
    end
  end
  local slots = { struct.unpack('<' .. string.rep('HH', count), packed) }
  local name_slots, places, documents, fields = counters.name_slots, counters.places, counters.documents, {}
  for slot = 1, count do
    local name_slot, place = slots[2 * slot - 1], slots[2 * slot]
    local product = product_of[name_slot]
    local document = product.document_of[place]
    if not document then
      document = #fields + 1
      fields[document] = product.prefix .. players[place]
      product.document_of[place] = document
    end
    name_slots[slot], places[slot], documents[slot] = name_slot, place, document
  end
  local stored, values = redis.call('HMGET', counters_key, unpack(fields)), counters.values
  for slot = 1, count do
    local known, id = stored[documents[slot]], ids[name_slots[slot]]
    if known and id then values[slot] = get_counter(known, id) end
  end
  counters.product_of, counters.ids, counters.fields, counters.stored = product_of, ids, fields, stored
  return counters
end

-- Only computes. Gives the number of a code where it is refused.
local function add_to(counters, slot, by, most_names)
  local old, name_slot = counters.values[slot], counters.name_slots[slot]
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
  local before = 8 * (id - 1)
  if #packed < before then packed = packed .. string.rep(NO_COUNTER, (before - #packed) / 8) end
  return string.sub(packed, 1, before) .. struct.pack('<d', value) .. string.sub(packed, before + 9)
end

-- Only computes. Gives fields and values to be written; adds the players whose counters changed to `dirty_names`.
local function plan_counters(counters, dirty_names)
  local stored, fields, changed, rows = counters.stored, counters.fields, {}, {}
  for slot, document in ipairs(counters.documents) do
    if counters.is_changed[slot] then
      local before = changed[document] or stored[document] or ''
      changed[document] = put_counter(before, counters.ids[counters.name_slots[slot]], counters.values[slot])
    end
  end
  for document, value in pairs(changed) do
    rows[#rows + 1], rows[#rows + 2] = fields[document], value
    dirty_names[#dirty_names + 1] = fields[document]
  end
  return rows
end

local function commit_counters(counters_key, rows, products)
  if #rows > 0 then redis.call('HSET', counters_key, unpack(rows)) end
  for _, product in ipairs(products) do
    if product.new_names and #product.new_names > 0 then redis.call('HSET', product.key, unpack(product.new_names)) end
  end
end
