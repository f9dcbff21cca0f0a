-- For apply.lua: the windows of its boards. What is done to a board is done to its windows too, each from its own scores.

-- A level holds at most one window of each board: `of_slot` has the window by the slots of the board's members.
local function level_of(levels, n)
  if not levels[n] then levels[n] = { of_slot = {}, windows = {}, scores = new_scores() } end
  return levels[n]
end

-- Gives boards their `settings` (about windows) and `windows` from what is packed: per board that has any, its place (uint16), its
-- settings (text), how many windows (uint16), and of each its name (text) and the time after which it may go (float64). The keys of a
-- board's windows begin at `next_key` of `keys`: the set of them, then of each its ranking and its arrivals.
local function unpack_windows(packed, boards, keys, next_key)
  local levels, at = {}, 1
  while at <= #packed do
    local place, settings, count
    place, settings, count, at = struct.unpack('<HHc0H', packed, at)
    local board = boards[place]
    board.settings, board.windows_key = settings, keys[next_key]
    next_key = next_key + 1
    for n = 1, count do
      local name, until_time
      name, until_time, at = struct.unpack('<Hc0d', packed, at)
      local level = level_of(levels, n)
      local window = { id = board.id .. '@' .. name, name = name, until_time = until_time, board = board, level = level }
      window.ranking, window.arrivals = keys[next_key], keys[next_key + 1]
      window.first_slot, window.last_slot = board.first_slot, board.last_slot
      for slot = window.first_slot, window.last_slot do level.of_slot[slot] = window end
      level.windows[#level.windows + 1], board.windows[n] = window, window
      next_key = next_key + 2
    end
  end
  return levels, next_key
end

-- Only computes. The operations that were applied, in order, on the windows of the level `depth`; `results` as include-results.lua unpacks
-- them. A score that would not be finite leaves the window as it is.
local function score_level(levels, depth, batch, start, left_out, results)
  local level, kinds, values, sign, runs = levels[depth], batch.kinds, batch.values, batch.sign, batch.runs
  local scores, position, next_left_out = level.scores, start, 1
  for r = 1, #runs, 2 do
    for i = runs[r], runs[r + 1] do
      if left_out[next_left_out] == i then
        next_left_out = next_left_out + 1
      else
        position = position + 1
        local code, slot = kinds[3 * i - 2], 256 * kinds[3 * i - 1] + kinds[3 * i]
        local window = (code < 3 or code == 5) and level.of_slot[slot]
        if window then
          window.is_scored = true
          if code == 5 then
            put_outcome(results, i, depth, slot, values[i], sign[slot], scores, position)
          else
            local new = score_after(code, scores.stored[slot], values[i] * sign[slot] + 0)
            if new - new == 0 then put_score(scores, slot, new, position) end
          end
        end
      end
    end
  end
end

-- What the log says of windows: per board that was scored, its id, how many, and their names.
local function pack_scored_windows(boards)
  local packed = {}
  for _, board in ipairs(boards) do
    local names = {}
    for n, window in ipairs(board.windows) do
      if window.is_scored then names[n] = pack_text(window.name) end
    end
    if #names > 0 then packed[#packed + 1] = pack_text(board.id) .. struct.pack('<H', #names) .. table.concat(names) end
  end
  return table.concat(packed)
end

-- `created` is the position before the batch.
local function commit_window(window, windows_key, created_key, created)
  commit_scores(window)
  if not window.has_grown then return end
  redis.call('ZADD', windows_key, 'NX', window.until_time, window.id)
  redis.call('SADD', window.board.windows_key, window.name)
  redis.call('HSETNX', created_key, window.id, created)
end
