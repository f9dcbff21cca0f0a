-- Shared by several scripts: how a board's configuration and its elements are written.

-- A configuration is stored as `<order> <ties> <top>`, and where there are windows, or a time zone, as
-- `<order> <ties> <top> <windows, joined by commas, or -> <time zone>`. Scores of a `desc` board are stored negated, so that ascending
-- order is best first everywhere, and Redis' own order of equals (bytes of the element) is the one wanted.
-- On a board with ties "first" an element is `<arrival><member>`, the arrival having this fixed width.
local ARRIVAL_WIDTH = 16

-- The last result is what of the text is about windows, or '' where there is nothing.
local function parse_config(text)
  local order, ties, top, windows = string.match(text, '^(%a+) (%a+) (%d+) ?(.*)$')
  return order, ties, tonumber(top), windows
end

-- The board of a window `<board>@<window>`; a board is its own.
local function base_of(id)
  local at = string.find(id, '@', 1, true)
  return at and string.sub(id, 1, at - 1) or id
end

-- Whether the index of windows has it; a board is none.
local function is_missing_window(windows_key, id)
  return string.find(id, '@', 1, true) and not redis.call('ZSCORE', windows_key, id)
end

-- The configuration of a board, or of the board of a window; false where there is no such board or window.
local function config_of(configs_key, windows_key, id)
  if is_missing_window(windows_key, id) then return false end
  return redis.call('HGET', configs_key, base_of(id))
end

local function format_arrival(position)
  return string.format('%016.0f', position)
end

local function member_of(element, ties)
  if ties == 'first' then return string.sub(element, ARRIVAL_WIDTH + 1) end
  return element
end

-- Competition rank of a stored score as Redis gave it: those strictly better have a lower one.
local function rank_of(ranking_key, stored)
  return redis.call('ZCOUNT', ranking_key, '-inf', '(' .. stored) + 1
end

-- `HMGET` for any number of fields: Lua can't unpack more than some thousand values at once.
local function hmget(key, fields)
  if #fields <= 4000 then
    if #fields == 0 then return {} end
    return redis.call('HMGET', key, unpack(fields))
  end
  local values = {}
  for from = 1, #fields, 4000 do
    local to = math.min(from + 3999, #fields)
    local part = redis.call('HMGET', key, unpack(fields, from, to))
    for i = 1, #part do values[from + i - 1] = part[i] end
  end
  return values
end

-- Display names of flat rows `{element, score, ...}`, one per row; an empty table where nobody has one.
local function names_of(profiles_key, rows, ties)
  if #rows == 0 or redis.call('HLEN', profiles_key) == 0 then return {} end
  local members = {}
  for i = 1, #rows, 2 do members[#members + 1] = member_of(rows[i], ties) end
  return hmget(profiles_key, members)
end

-- On a board with ties "first": which of a list's elements, that stand `step` apart, are those of members, by their arrivals.
local function find_owned(arrivals_key, elements, step)
  local members, owned = {}, {}
  for i = 1, #elements, step do members[#members + 1] = member_of(elements[i], 'first') end
  local arrivals = hmget(arrivals_key, members)
  for i = 1, #members do
    local element = elements[(i - 1) * step + 1]
    if arrivals[i] and arrivals[i] .. members[i] == element then owned[element] = true end
  end
  return owned
end

-- Stored scores and arrivals as Redis gives them, in step with the members; false or nil where there is none. A member with an
-- arrival and no score is not on the board: somebody else has been at work.
local function read_members(ranking_key, arrivals_key, ties, members)
  if ties ~= 'first' then return redis.call('ZMSCORE', ranking_key, unpack(members)), {} end
  local arrivals = redis.call('HMGET', arrivals_key, unpack(members))
  local elements, places, scores = {}, {}, {}
  for i = 1, #members do
    if arrivals[i] then
      elements[#elements + 1], places[#places + 1] = arrivals[i] .. members[i], i
    end
  end
  if #elements > 0 then
    local found = redis.call('ZMSCORE', ranking_key, unpack(elements))
    for i = 1, #found do scores[places[i]] = found[i] end
  end
  return scores, arrivals
end
