-- Shared by several scripts: what a tournament is as a whole, a hash of its own.

-- settings (JSON), status, mark, registered (lines of teams), changes (number of the last one), heaviest (sum of bonuses), points (the greatest that a
-- player has had, signs aside), base (the greatest, likewise); fed and closed are '1' where the settings have matches, or say who plays.
-- Points and bonuses are whole thousandths, bases whole millionths. Players and their points are another hash, '0' for who has none.
local MAX_MILLIONTHS, MAX_TOURNAMENT_PLAYERS, MAX_REGISTERED_TEAMS = 9007199254740991, 65536, 20000000

local function whole(number) return string.format('%.0f', number) end

-- Only reads. Nothing where there is no such tournament.
local function read_tournament(key)
  local fields = redis.call('HMGET', key, 'settings', 'status', 'mark', 'registered', 'changes', 'heaviest', 'points', 'base', 'fed', 'closed')
  if not fields[1] then return nil end
  local numbers = {}
  for i = 4, 8 do numbers[i] = tonumber(fields[i] or '0') end
  return {
    settings = fields[1], status = fields[2], mark = fields[3], registered = numbers[4], changes = numbers[5], heaviest = numbers[6],
    points = numbers[7], base = numbers[8], is_fed = fields[9] == '1', is_closed = fields[10] == '1',
  }
end

-- Whether no score can come over 2^53 millionths.
local function is_exact(heaviest, points, base) return base + heaviest * points <= MAX_MILLIONTHS end

-- Only reads. The players among these that are not known yet, or why there may be none.
local function find_new_players(tournament, players_key, players)
  local new = {}
  for from = 1, #players, 1000 do
    local slice = { unpack(players, from, math.min(from + 999, #players)) }
    for i, known in ipairs(redis.call('HMGET', players_key, unpack(slice))) do
      if not known then new[#new + 1] = slice[i] end
    end
  end
  if #new == 0 then return new end
  if tournament.is_closed then return nil, 'not-a-player' end
  if redis.call('HLEN', players_key) + #new > MAX_TOURNAMENT_PLAYERS then return nil, 'too-many-players' end
  return new
end

local function add_players(players_key, players)
  for from = 1, #players, 1000 do
    local fields = {}
    for i = from, math.min(from + 999, #players) do
      fields[#fields + 1], fields[#fields + 2] = players[i], '0'
    end
    redis.call('HSET', players_key, unpack(fields))
  end
end
