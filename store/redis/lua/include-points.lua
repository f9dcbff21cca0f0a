-- For apply.lua: points of players in tournaments.

-- @include include-tournaments.lua

local MALFORMED, NOT_FOUND, CONFLICT, TOO_LARGE = 1, 5, 6, 8
local MAX_POINTS = math.floor(MAX_MILLIONTHS / 1000)

-- Of each tournament its hash, its players and its changes, beginning at `next_key`. Packed are how many tournaments there are (uint16), these as
-- groups of players, and the players as texts.
local function open_points(keys, next_key, packed_count, packed_groups, packed_players)
  local groups, player_count = unpack_groups(packed_groups, (struct.unpack('<H', packed_count)))
  local players = unpack_texts(packed_players, player_count)
  local group_of, stored, number_of = {}, {}, {}
  for place, group in ipairs(groups) do
    local first = next_key + 3 * (place - 1)
    group.key, group.players_key, group.changes_key = keys[first], keys[first + 1], keys[first + 2]
    for slot = group.first_slot, group.last_slot do group_of[slot] = group end
  end

  local points = { next_key = next_key + 3 * #groups }

  -- Only reads.
  function points.read()
    for _, group in ipairs(groups) do
      group.tournament = read_tournament(group.key)
      group.size = redis.call('HLEN', group.players_key)
      local found = redis.call('HMGET', group.players_key, unpack(players, group.first_slot, group.last_slot))
      for i = 1, #found do stored[group.first_slot + i - 1] = tonumber(found[i] or nil) end
    end
  end

  -- Only computes. Gives the number of a code where it is refused.
  function points.set(slot, value, is_fed)
    local group, known = group_of[slot], stored[slot]
    local tournament = group.tournament
    if not tournament then return NOT_FOUND end
    if value % 1 ~= 0 or math.abs(value) > MAX_POINTS then return MALFORMED end
    if is_fed ~= tournament.is_fed then return CONFLICT end
    if not known and tournament.is_closed then return NOT_FOUND end
    if not known and group.size >= MAX_TOURNAMENT_PLAYERS then return TOO_LARGE end
    local greatest = math.max(tournament.points, math.abs(value))
    if not is_exact(tournament.heaviest, greatest, tournament.base) then return TOO_LARGE end
    tournament.points, group.is_touched = greatest, true
    if not known then group.size = group.size + 1 end
    stored[slot] = value + 0
    group.is_new = group.is_new or {}
    if not known then group.is_new[slot] = true end
    if value ~= (known or 0) then
      tournament.changes = tournament.changes + 1
      number_of[slot] = tournament.changes
    end
  end

  -- Only computes: what is to be written; adds what changed to `dirty_names`.
  function points.plan(dirty_names)
    for _, group in ipairs(groups) do
      local rows, numbers = {}, {}
      for slot = group.first_slot, group.last_slot do
        if number_of[slot] or (group.is_new and group.is_new[slot]) then
          rows[#rows + 1], rows[#rows + 2] = players[slot], whole(stored[slot])
        end
        if number_of[slot] then
          numbers[#numbers + 1], numbers[#numbers + 2] = whole(number_of[slot]), 'p' .. players[slot]
        end
      end
      group.rows, group.numbers = rows, numbers
      if #numbers > 0 then dirty_names[#dirty_names + 1] = 'tournament:' .. group.id end
    end
  end

  function points.put_fields(fields) fields.tournaments, fields.tournament_players = packed_groups, packed_players end
  function points.put_sources(batch) batch.tournaments, batch.tournament_players = groups, players end

  function points.commit()
    for _, group in ipairs(groups) do
      if #group.rows > 0 then redis.call('HSET', group.players_key, unpack(group.rows)) end
      if #group.numbers > 0 then redis.call('ZADD', group.changes_key, unpack(group.numbers)) end
      if group.is_touched then
        redis.call('HSET', group.key, 'points', whole(group.tournament.points), 'changes', whole(group.tournament.changes))
      end
    end
  end

  return points
end
