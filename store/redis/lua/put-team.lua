#!lua
-- Adds or changes a team of a tournament that has started: it keeps what it has scored so far.
--
-- KEYS  1 tournament, 2 its players, 3 its teams since the start, 4 its changes, 5 position, 6 log, 7 dirty, 8 all-dirty
-- ARGV  1 id, 2 team, 3 cards and leagues, 4 the cards with which it was registered before the start, '' where it was not, 5 sum of bonuses,
--       6 changed at (ms), 7 most dirty names, 8 operations that the log keeps
--       Cards are packed as their number (uint16) and each as a player (text) and a bonus (uint32), leagues behind them.
--       A team since the start has its base and the change by which it came (float64 each) before its cards and leagues.
-- Returns  added, replaced, unchanged, or why not

-- @include include-dirty.lua
-- @include include-log.lua
-- @include include-tournaments.lua

local id, team, body = ARGV[1], ARGV[2], ARGV[3]

local function players_of(cards)
  local players, bonuses = {}, {}
  local flat = { struct.unpack('<' .. string.rep('Hc0I4', (struct.unpack('<H', cards))), cards, 3) }
  for i = 1, #flat - 1, 2 do
    players[#players + 1], bonuses[#bonuses + 1] = flat[i], flat[i + 1]
  end
  return players, bonuses
end
-- What the cards are worth now.
local function worth_of(cards)
  if cards == '' then return 0 end
  local players, bonuses = players_of(cards)
  local sum = 0
  for i, points in ipairs(redis.call('HMGET', KEYS[2], unpack(players))) do sum = sum + bonuses[i] * tonumber(points or '0') end
  return sum
end

local tournament = read_tournament(KEYS[1])
if not tournament then return 'no-tournament' end
if tournament.status ~= 'started' then return 'not-started' end
local known = redis.call('HGET', KEYS[3], team)
if known and string.sub(known, 17) == body then return 'unchanged' end
local base, joined, before = 0, 0, ARGV[4]
if known then
  base, joined = struct.unpack('<dd', known)
  before = string.sub(known, 17)
elseif tournament.registered + redis.call('HLEN', KEYS[3]) >= MAX_REGISTERED_TEAMS then
  return 'too-many-teams'
end
local is_new = before == ''
local new, refused = find_new_players(tournament, KEYS[2], (players_of(body)))
if refused then return refused end
base = base + worth_of(before) - worth_of(body) + 0
local heaviest = math.max(tournament.heaviest, tonumber(ARGV[5]))
local greatest_base = math.max(tournament.base, math.abs(base))
if not is_exact(heaviest, tournament.points, greatest_base) then return 'too-great' end
local number = tournament.changes + 1
if is_new then joined = number end
local commit_dirty = plan_dirty(KEYS[7], KEYS[8], { 'tournament:' .. id }, tonumber(ARGV[6]), tonumber(ARGV[7]))

append_change(
  KEYS[5], KEYS[6], tonumber(ARGV[8]), ARGV[6], 'put-team', 'tournament', id, 'team', team, 'roster', body, 'registered', ARGV[4]
)
redis.call('HSET', KEYS[3], team, struct.pack('<dd', base, joined) .. body)
redis.call('ZADD', KEYS[4], whole(number), 't' .. team)
redis.call('HSET', KEYS[1], 'changes', whole(number), 'heaviest', whole(heaviest), 'base', whole(greatest_base))
add_players(KEYS[2], new)
commit_dirty()
return is_new and 'added' or 'replaced'
