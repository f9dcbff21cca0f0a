-- For apply.lua and apply-sums.lua: scores of a board, or of one of its windows, by slot. They are read and computed as they are stored: negated on
-- `desc` boards, so that lower is better everywhere. Adding 0 turns Redis' text into a number faster than `tonumber`.

local function new_scores() return { stored = {}, arrival = {}, is_added = {}, changed_at = {} } end

-- `ranking` has the keys `ranking` and `arrivals`, `is_first` (its ties) and the slots of its members.
local function read_scores(ranking, scores, members)
  local stored, first_slot, last_slot = scores.stored, ranking.first_slot, ranking.last_slot
  if not ranking.is_first then
    local found = redis.call('ZMSCORE', ranking.ranking, unpack(members, first_slot, last_slot))
    local before = first_slot - 1
    for i = 1, #found do
      local score = found[i]
      if score then stored[before + i] = score + 0 end
    end
    return
  end
  local arrival, elements, slots = scores.arrival, {}, {}
  local known = redis.call('HMGET', ranking.arrivals, unpack(members, first_slot, last_slot))
  for i = 1, #known do
    if known[i] then
      local slot = first_slot + i - 1
      arrival[slot] = known[i]
      slots[#slots + 1] = slot
      elements[#elements + 1] = known[i] .. members[slot]
    end
  end
  if #elements == 0 then return end
  local found = redis.call('ZMSCORE', ranking.ranking, unpack(elements))
  for i = 1, #found do
    local score = found[i]
    if score then stored[slots[i]] = score + 0 end
  end
end

-- The score after a delta (0), set (1) or best (2).
local function score_after(code, old, value)
  if code == 0 then return (old or 0) + value end
  if code == 2 and old and old <= value then return old end
  return value
end

local function put_score(scores, slot, new, position)
  local old = scores.stored[slot]
  if new == old then return end
  if not old then scores.is_added[slot] = true end
  scores.stored[slot] = new
  scores.changed_at[slot] = position
end

-- Only reads. Whether there is anything to be written, by `commit_scores`.
local function plan_scores(ranking, scores, members)
  local stored, arrival, is_added, changed_at = scores.stored, scores.arrival, scores.is_added, scores.changed_at
  local is_first, rows, arrivals, outdated = ranking.is_first, {}, {}, {}
  local n = 0
  for slot = ranking.first_slot, ranking.last_slot do
    local changed = changed_at[slot]
    if changed then
      local element = members[slot]
      if is_added[slot] then ranking.has_grown = true end
      if is_first then
        local reached = format_arrival(changed)
        if arrival[slot] then outdated[#outdated + 1] = arrival[slot] .. element end
        arrivals[n + 1], arrivals[n + 2] = element, reached
        element = reached .. element
      end
      rows[n + 1], rows[n + 2] = stored[slot], element
      n = n + 2
    end
  end
  ranking.rows, ranking.new_arrivals, ranking.outdated = rows, arrivals, outdated
  return n > 0
end

local function commit_scores(ranking)
  if #ranking.outdated > 0 then redis.call('ZREM', ranking.ranking, unpack(ranking.outdated)) end
  if #ranking.new_arrivals > 0 then redis.call('HSET', ranking.arrivals, unpack(ranking.new_arrivals)) end
  redis.call('ZADD', ranking.ranking, unpack(ranking.rows))
end
