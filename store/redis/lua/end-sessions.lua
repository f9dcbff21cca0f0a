#!lua
-- Ends sessions, those of them that are over.
--
-- KEYS  1 dirty, 2 all-dirty, 3 position, 4 log, 5 sessions, 6 logins, 7 areas, then per area its modes
-- ARGV  1 ended at (ms), 2 most dirty names, 3 operations that the log keeps, 4 time of the latest login up to which a session is over (ms),
--       5 number of areas, then areas, then per session the place of its area and its user
-- Returns  how many were ended

-- @include include-dirty.lua
-- @include include-log.lua
-- @include include-sessions.lua

local ended_at, latest, area_count = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[5])
local areas, sessions, fields, users = {}, {}, {}, {}
for place = 1, area_count do areas[place] = { id = ARGV[5 + place], key = KEYS[7 + place] } end
for at = 6 + area_count, #ARGV, 2 do
  local session = new_session(areas[tonumber(ARGV[at])], ARGV[at + 1])
  sessions[#sessions + 1], fields[#fields + 1], users[#users + 1] = session, session.field, ARGV[at + 1]
end
if #sessions == 0 then return 0 end
read_modes(KEYS[5], sessions)
local logins = redis.call('ZMSCORE', KEYS[6], unpack(fields))
local packed, ended = {}, 0
for i = 1, #sessions do
  if logins[i] and tonumber(logins[i]) <= latest then
    ended = ended + 1
    packed[ended] = pack_text(sessions[i].area.id) .. pack_text(users[i])
    set_mode(sessions[i], false)
    -- Also where there was a login without a session: else it would be found again and again.
    sessions[i].is_touched = true
  end
end
if ended == 0 then return 0 end
local dirty_names = {}
local plan = plan_sessions(sessions, areas, ended_at, dirty_names)
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], dirty_names, ended_at, tonumber(ARGV[2]))

append_change(KEYS[3], KEYS[4], tonumber(ARGV[3]), ARGV[1], 'expire-sessions', 'sessions', table.concat(packed))
commit_sessions(plan, KEYS[5], KEYS[6], KEYS[7])
commit_dirty()
return ended
