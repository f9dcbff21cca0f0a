#!lua
-- Sets members of a board, or of a window, right, each only if it still stands as it was found.
--
-- KEYS  1 dirty, 2 all-dirty, 3 configs, 4 totals, 5 the board's ranking, 6 its arrivals, 7 position, 8 log, 9 windows
-- ARGV  1 board, 2 repaired at (ms), 3 most dirty names, 4 operations that the log keeps, 5 how the members were found and
--       what is right, packed: score, arrival, score, arrival, each as float64, little-endian, NaN where there is none;
--       then the members
-- Returns  {place of a member that was set right from 1, ...}

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-log.lua

local id, ranking_key, arrivals_key = ARGV[1], KEYS[5], KEYS[6]
local config = config_of(KEYS[3], KEYS[9], id)
local members = { unpack(ARGV, 6) }
if not config or #members == 0 then return {} end
local order, ties = parse_config(config)
local sign, is_first = order == 'desc' and -1 or 1, ties == 'first'

-- A number, or nothing for NaN.
local function given(place)
  local number = struct.unpack('<d', ARGV[5], 8 * (place - 1) + 1)
  if number == number then return number end
end
local function as_stored(score) return score and score * sign + 0 end

local scores, arrivals = read_members(ranking_key, arrivals_key, ties, members)
local repaired, packed_names = {}, {}
local removed, rows, removed_arrivals, new_arrivals = {}, {}, {}, {}
for i = 1, #members do
  local member = members[i]
  local found_score, found_arrival = as_stored(given(4 * i - 3)), given(4 * i - 2)
  local right_score, right_arrival = as_stored(given(4 * i - 1)), given(4 * i)
  local score = scores[i] and tonumber(scores[i]) or nil
  local arrival = score and is_first and tonumber(arrivals[i]) or nil
  if score == found_score and arrival == found_arrival then
    repaired[#repaired + 1] = i
    packed_names[#packed_names + 1] = pack_text(member)
    local element = member
    if is_first then
      if arrivals[i] then removed[#removed + 1] = arrivals[i] .. member end
      if right_score then
        local reached = format_arrival(right_arrival or 0)
        element = reached .. member
        new_arrivals[#new_arrivals + 1], new_arrivals[#new_arrivals + 2] = member, reached
      elseif arrivals[i] then
        removed_arrivals[#removed_arrivals + 1] = member
      end
    elseif not right_score then
      removed[#removed + 1] = member
    end
    if right_score then rows[#rows + 1], rows[#rows + 2] = right_score, element end
  end
end
if #repaired == 0 then return {} end
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[2]), tonumber(ARGV[3]))

-- From here on only writes.
append_change(KEYS[7], KEYS[8], tonumber(ARGV[4]), ARGV[2], 'repair', 'board', id, 'members', table.concat(packed_names))
if #removed > 0 then redis.call('ZREM', ranking_key, unpack(removed)) end
if #removed_arrivals > 0 then redis.call('HDEL', arrivals_key, unpack(removed_arrivals)) end
if #new_arrivals > 0 then redis.call('HSET', arrivals_key, unpack(new_arrivals)) end
if #rows > 0 then redis.call('ZADD', ranking_key, unpack(rows)) end
if base_of(id) == id then redis.call('HSET', KEYS[4], id, redis.call('ZCARD', ranking_key)) end
commit_dirty()
return repaired
