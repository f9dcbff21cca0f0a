-- For apply.lua: what a batch may have beside scores, names and rejects. All of it is in one function, because each function that a script
-- defines costs every call a little, and most batches have none of this.

-- Gives `boards` their windows. `scores` are those of the boards, which are not read yet; `keys` and `args` are those of the script, the keys
-- beginning at `next_key`.
local function open_others(boards, scores, members, keys, next_key, args)

-- @include include-results.lua
-- @include include-windows.lua
-- @include include-counter-values.lua
-- @include include-counters.lua
-- @include include-sessions.lua
-- @include include-match-labels.lua
-- @include include-matches.lua
-- @include include-points.lua

local windows_key, sessions_key, logins_key, areas_key = unpack(keys, next_key, next_key + 3)
next_key = next_key + 4
local product_count, player_count, counter_count, area_count, mode_count, handler_count = struct.unpack('<HHHHHH', args[18])
local most_counter_names, rated_places = tonumber(args[19]), args[29]

for _, board in ipairs(boards) do board.windows = {} end
local levels
levels, next_key = unpack_windows(args[28], boards, keys, next_key)
local products, counter_name_count = unpack_groups(args[20], product_count)
local last_player, player_counts = 0, { struct.unpack('<' .. string.rep('H', product_count), args[18], 13) }
for place, product in ipairs(products) do
  product.names_key, product.counters_key, next_key = keys[next_key], keys[next_key + 1], next_key + 2
  product.first_player, last_player = last_player + 1, last_player + player_counts[place]
  product.last_player = last_player
end
local areas, user_count = unpack_groups(args[24], area_count)
for _, area in ipairs(areas) do
  area.key, next_key = keys[next_key], next_key + 1
end
local points = args[36] and open_points(keys, next_key, args[36], args[37], args[38])
if points then next_key = points.next_key end
local matches = args[32] and args[32] ~= '' and open_matches(keys, next_key, args[32], args[33], args[34], args[35], args[1])
local counter_names = unpack_texts(args[21], counter_name_count)
local players = unpack_texts(args[22], player_count)
local users = unpack_texts(args[25], user_count)
local modes = unpack_texts(args[26], mode_count)
local sessions = {}
for _, area in ipairs(areas) do
  for slot = area.first_slot, area.last_slot do sessions[slot] = new_session(area, users[slot]) end
end
local counters, results, session_plan
local changed_windows = {}

local others = { has_results = #rated_places > 0 }

-- Only reads. After the boards; gives the state that outcomes are to be computed from, where they were computed from another one.
function others.read(parts, kinds, operation_count)
  for depth, level in ipairs(levels) do
    for _, window in ipairs(level.windows) do
      window.is_first = window.board.is_first
      read_scores(window, level.scores, members)
    end
  end
  if #rated_places > 0 or matches then
    local state = pack_state(parts, boards, rated_places, scores, levels) .. (matches and matches.pack_state() or '')
    if state ~= args[30] then return state end
  end
  results = unpack_results(args[31], kinds, operation_count)
  counters = read_counters(products, counter_names, players, args[23], counter_count)
  read_modes(sessions_key, sessions)
  if points then points.read() end
end

-- Only computes an operation that is to have this position. Gives the number of a code where it is refused.
function others.apply(i, code, slot, value, sign, position)
  if code == 5 then
    put_outcome(results, i, 0, slot, value, sign[slot], scores, position)
  elseif code == 6 then
    return add_to(counters, slot, value, most_counter_names)
  elseif code == 10 then
    matches.add(slot, value)
  elseif code == 11 or code == 12 then
    return points.set(slot, value, code == 12)
  else
    set_mode(sessions[slot], code == 7 and modes[value])
  end
end

-- Only reads: calls `save` with each table and key that such an operation (a count, a login or a logout) may change.
function others.save(save, code, slot)
  if code == 6 then
    save_counter(counters, slot, save)
  else
    save_session(sessions[slot], save)
  end
end

-- Only reads and computes, after all operations: adds to `dirty_names` what changed.
function others.plan(batch, start, left_out, at, dirty_names)
  for depth, level in ipairs(levels) do
    score_level(levels, depth, batch, start, left_out, results)
    for _, window in ipairs(level.windows) do
      if plan_scores(window, level.scores, members) then
        changed_windows[#changed_windows + 1] = window
        dirty_names[#dirty_names + 1] = 'board:' .. window.id
      end
    end
  end
  plan_counters(counters, products, dirty_names)
  session_plan = plan_sessions(sessions, areas, at, dirty_names)
  if matches then matches.name_changed(dirty_names) end
  if points then points.plan(dirty_names) end
end

-- What of this the log has, by the names of its fields, and what it was packed from.
function others.fields()
  local fields = {
    products = args[20], counter_names = args[21], players = args[22], counters = args[23], areas = args[24], users = args[25],
    modes = args[26], handlers = args[27], windows = pack_scored_windows(boards), matches = '', events = '',
    tournaments = '', tournament_players = '',
  }
  if matches then matches.put_fields(fields) end
  if points then points.put_fields(fields) end
  return fields
end
function others.sources()
  local batch = {
    products = products, counter_names = counter_names, players = players, counters = counters, areas = areas, users = users, modes = modes,
    handlers = { struct.unpack('<' .. string.rep('I4c0', handler_count), args[27]) },
  }
  if matches then matches.put_sources(batch) end
  if points then points.put_sources(batch) end
  return batch
end
-- Those that are not empty.
function others.flatten(fields)
  local flat = {}
  local names = { 'products', 'counter_names', 'players', 'counters', 'areas', 'users', 'modes', 'handlers', 'windows', 'matches', 'events' }
  names[#names + 1], names[#names + 2] = 'tournaments', 'tournament_players'
  for _, name in ipairs(names) do
    if fields[name] ~= '' then flat[#flat + 1], flat[#flat + 2] = name, fields[name] end
  end
  return flat
end

function others.commit(created_key, start)
  for _, window in ipairs(changed_windows) do commit_window(window, windows_key, created_key, start) end
  commit_counters(products)
  commit_sessions(session_plan, sessions_key, logins_key, areas_key)
  if matches then matches.commit() end
  if points then points.commit() end
end

return others
end
