-- Shared by several scripts: who is active in which mode of which area.

-- Sessions are fields `<area>:<user>` of one hash, their latest logins elements of one sorted set, both of a whole partition. The users of each
-- mode are counted per area, in a sorted set of its own, negated: its order is the one wanted. Areas in which somebody is active are listed.

-- Only computes: a user of the area leaves a mode (false: was in none) for another one (false: for none).
local function change_mode(area, old, new)
  if old == new then return end
  area.changes = area.changes or {}
  if old then area.changes[old] = (area.changes[old] or 0) - 1 end
  if new then area.changes[new] = (area.changes[new] or 0) + 1 end
end

-- Only reads: what the sorted set of an area becomes by its changes.
local function plan_area(area)
  local modes, rows, emptied = {}, {}, {}
  for mode, change in pairs(area.changes or {}) do
    if change ~= 0 then modes[#modes + 1] = mode end
  end
  if #modes > 0 then
    local counts = redis.call('ZMSCORE', area.key, unpack(modes))
    for i = 1, #modes do
      local negated = (counts[i] and counts[i] + 0 or 0) - area.changes[modes[i]]
      if negated < 0 then
        rows[#rows + 1], rows[#rows + 2] = negated, modes[i]
      else
        emptied[#emptied + 1] = modes[i]
      end
    end
  end
  area.rows, area.emptied = rows, emptied
end

local function commit_area(area, areas_key)
  if #area.rows > 0 then
    redis.call('ZADD', area.key, unpack(area.rows))
    redis.call('ZADD', areas_key, 0, area.id)
  end
  if #area.emptied > 0 then
    redis.call('ZREM', area.key, unpack(area.emptied))
    if redis.call('EXISTS', area.key) == 0 then redis.call('ZREM', areas_key, area.id) end
  end
end

local function new_session(area, user) return { area = area, field = area.id .. ':' .. user } end

-- Only reads: the mode that each is in now, false where it is none.
local function read_modes(sessions_key, sessions)
  local fields = {}
  for i = 1, #sessions do fields[i] = sessions[i].field end
  if #fields == 0 then return end
  local modes = redis.call('HMGET', sessions_key, unpack(fields))
  for i = 1, #fields do sessions[i].mode = modes[i] end
end

-- Only computes. `mode` false: a logout.
local function set_mode(session, mode)
  if mode or session.mode then session.is_touched = true end
  change_mode(session.area, session.mode, mode)
  session.mode = mode
end

-- Calls `save` with what `set_mode` may change: a copy takes the place of what is changed in place.
local function save_session(session, save)
  save(session, 'mode')
  save(session, 'is_touched')
  save(session.area, 'changes')
  if not session.area.changes then return end
  local copy = {}
  for mode, change in pairs(session.area.changes) do copy[mode] = change end
  session.area.changes = copy
end

-- Only reads. Adds the areas that changed to `dirty_names`.
local function plan_sessions(sessions, areas, at, dirty_names)
  local plan = { areas = areas, modes = {}, logins = {}, ended = {} }
  for _, session in ipairs(sessions) do
    if session.is_touched and session.mode then
      plan.modes[#plan.modes + 1], plan.modes[#plan.modes + 2] = session.field, session.mode
      plan.logins[#plan.logins + 1], plan.logins[#plan.logins + 2] = at, session.field
    elseif session.is_touched then
      plan.ended[#plan.ended + 1] = session.field
    end
  end
  for _, area in ipairs(areas) do
    plan_area(area)
    if area.changes then dirty_names[#dirty_names + 1] = 'area:' .. area.id end
  end
  return plan
end

local function commit_sessions(plan, sessions_key, logins_key, areas_key)
  if #plan.modes > 0 then
    redis.call('HSET', sessions_key, unpack(plan.modes))
    redis.call('ZADD', logins_key, unpack(plan.logins))
  end
  if #plan.ended > 0 then
    redis.call('HDEL', sessions_key, unpack(plan.ended))
    redis.call('ZREM', logins_key, unpack(plan.ended))
  end
  for _, area in ipairs(plan.areas) do commit_area(area, areas_key) end
end
