#!lua
-- Creates a tournament or replaces its settings, where it is as the caller knows it.
--
-- KEYS  1 tournament, 2 its players, 3 ids of tournaments, 4 position, 5 log, 6 dirty, 7 all-dirty
-- ARGV  1 id, 2 known settings, '' where there is no such tournament, 3 whether it is known to be in use (1 or 0), 4 settings, 5 whether they have
--       matches ('1' or ''), 6 whether they say who plays, 7 mark for a new one, 8 changed at (ms), 9 most dirty names, 10 operations that the log keeps, then players
-- Returns  1, or 0 where it is otherwise

-- @include include-dirty.lua
-- @include include-log.lua
-- @include include-tournaments.lua

local id = ARGV[1]
local known = read_tournament(KEYS[1])
if (known and known.settings or '') ~= ARGV[2] then return 0 end
local in_use = known ~= nil and (known.registered > 0 or known.changes > 0)
if in_use ~= (ARGV[3] == '1') then return 0 end
local players = { unpack(ARGV, 11, math.min(#ARGV, 7010)) }
for i = 7011, #ARGV do players[#players + 1] = ARGV[i] end
local new = players
if in_use then
  -- They can only have got more, or are not said any more.
  new = find_new_players({ is_closed = false }, KEYS[2], players)
  if not new then return 0 end
end
local commit_dirty = plan_dirty(KEYS[6], KEYS[7], { 'tournament:' .. id }, tonumber(ARGV[8]), tonumber(ARGV[9]))

append_change(KEYS[4], KEYS[5], tonumber(ARGV[10]), ARGV[8], 'configure-tournament', 'tournament', id, 'settings', ARGV[4])
redis.call('HSET', KEYS[1], 'settings', ARGV[4], 'fed', ARGV[5], 'closed', ARGV[6])
if not known then redis.call('HSET', KEYS[1], 'status', 'open', 'mark', ARGV[7]) end
if not in_use then redis.call('UNLINK', KEYS[2]) end
add_players(KEYS[2], new)
redis.call('ZADD', KEYS[3], 0, id)
commit_dirty()
return 1
