-- For apply-sums.lua: sums of whole numbers that are added to counters of players, as include-counter-values.lua has them.

-- Only reads. Gives the products, each with the rows that are to be written; nil where a name is new, or a sum might not be exact.
local function add_up_counters(batch)
  local keys, next_key, highest = batch.keys, batch.next_key, batch.highest
  local products, name_count = unpack_groups(batch.products, batch.product_count)
  local names, players = unpack_texts(batch.names, name_count), unpack_texts(batch.players, batch.player_count)
  local ids, stored, last_player = {}, {}, 0
  for place, product in ipairs(products) do
    product.counters_key = keys[next_key + 1]
    local known = redis.call('HMGET', keys[next_key], unpack(names, product.first_slot, product.last_slot))
    for i = 1, #known do
      if not known[i] then return nil end
      ids[product.first_slot + i - 1] = tonumber(known[i])
    end
    next_key = next_key + 2
    product.first_player, last_player = last_player + 1, last_player + batch.player_counts[place]
    product.last_player = last_player
    local found = redis.call('HMGET', product.counters_key, unpack(players, product.first_player, last_player))
    for i = 1, #found do stored[product.first_player + i - 1] = found[i] end
  end

  local slots = { struct.unpack('<' .. string.rep('HH', batch.counter_count), batch.counters) }
  local sums = { struct.unpack('<' .. string.rep('d', batch.counter_count), batch.sums) }
  for counter = 1, batch.counter_count do
    local id, player = ids[slots[2 * counter - 1]], slots[2 * counter]
    local packed, old = stored[player] or '', 0
    local before, length = 8 * (id - 1), #packed
    if length > before then
      old = struct.unpack('<d', packed, before + 1)
      -- Not a number: the player has no such counter.
      if old ~= old then old = 0 end
      if old > highest or old < -highest or old % 1 ~= 0 then return nil end
    end
    local number = struct.pack('<d', old + sums[counter])
    -- Most players have few counters, and each piece of a text costs as much as a number.
    if length <= before then
      packed = length == before and packed .. number or packed .. string.rep('\0\0\0\0\0\0\248\127', (before - length) / 8) .. number
    elseif length == 8 then
      packed = number
    elseif before == 0 then
      packed = number .. string.sub(packed, 9)
    elseif length == before + 8 then
      packed = string.sub(packed, 1, before) .. number
    else
      packed = string.sub(packed, 1, before) .. number .. string.sub(packed, before + 9)
    end
    stored[player] = packed
  end

  for _, product in ipairs(products) do
    local rows, n = {}, 0
    for player = product.first_player, product.last_player do
      rows[n + 1], rows[n + 2] = players[player], stored[player]
      n = n + 2
    end
    product.rows = rows
    batch.dirty_names[#batch.dirty_names + 1] = 'players:' .. product.id
  end
  return products
end
