#!lua flags=no-writes
-- Reads what has changed in a tournament.
--
-- KEYS  1 tournament, 2 its players, 3 its teams since the start, 4 its changes, 5 its pieces
-- ARGV  1 number of the change after which, 2 how many
-- Returns  {}, where there is no such tournament, or {settings, status, registered, mark, number of pieces, number of the last change, of the last one
--          that is here, {player, points, ...}, {team, its base, cards and leagues (see put-team.lua), ...}}

-- @include include-tournaments.lua

local tournament = read_tournament(KEYS[1])
if not tournament then return {} end
local limit, reached = tonumber(ARGV[2]), tournament.changes
local flat = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
if #flat == 2 * limit then reached = tonumber(flat[#flat]) end
local players, teams = {}, {}
for i = 1, #flat, 2 do
  local list = string.sub(flat[i], 1, 1) == 't' and teams or players
  list[#list + 1] = string.sub(flat[i], 2)
end
local function with_values(key, names)
  local values = {}
  if #names == 0 then return values end
  for i, value in ipairs(redis.call('HMGET', key, unpack(names))) do values[2 * i - 1], values[2 * i] = names[i], value end
  return values
end
return {
  tournament.settings, tournament.status, whole(tournament.registered), tournament.mark, redis.call('HLEN', KEYS[5]), whole(tournament.changes),
  whole(reached), with_values(KEYS[2], players), with_values(KEYS[3], teams),
}
