#!lua
-- Adds a piece of registered teams to a tournament that has not started.
--
-- KEYS  1 tournament, 2 its players, 3 its pieces, 4 position, 5 log, 6 dirty, 7 all-dirty
-- ARGV  1 id, 2 piece, 3 number of teams, 4 greatest sum of bonuses, 5 changed at (ms), 6 most dirty names, 7 operations that the log keeps, then the
--       players on the cards
-- Returns  how many are registered now, or why not

-- @include include-dirty.lua
-- @include include-log.lua
-- @include include-tournaments.lua

local id, teams = ARGV[1], tonumber(ARGV[3])
local tournament = read_tournament(KEYS[1])
if not tournament then return 'no-tournament' end
if tournament.status == 'started' then return 'started' end
if tournament.registered + teams > MAX_REGISTERED_TEAMS then return 'too-many-teams' end
local players = {}
for i = 8, #ARGV do players[#players + 1] = ARGV[i] end
local new, refused = find_new_players(tournament, KEYS[2], players)
if refused then return refused end
local heaviest = math.max(tournament.heaviest, tonumber(ARGV[4]))
if not is_exact(heaviest, tournament.points, tournament.base) then return 'too-great' end
local piece = redis.call('HLEN', KEYS[3])
local commit_dirty = plan_dirty(KEYS[6], KEYS[7], { 'tournament:' .. id }, tonumber(ARGV[5]), tonumber(ARGV[6]))

append_change(KEYS[4], KEYS[5], tonumber(ARGV[7]), ARGV[5], 'add-teams', 'tournament', id, 'teams', ARGV[3])
redis.call('HSET', KEYS[3], piece, ARGV[2])
redis.call('HSET', KEYS[1], 'registered', whole(tournament.registered + teams), 'heaviest', whole(heaviest))
add_players(KEYS[2], new)
commit_dirty()
return tournament.registered + teams
