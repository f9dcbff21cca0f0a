-- For apply.lua: results, which the engine has computed from scores that it assumed (compare and set).

local ABSENT = struct.unpack('<d', string.char(0, 0, 0, 0, 0, 0, 248, 127))

-- Appends `values` from place `from` to `to` as float64, ABSENT where there is none.
local function pack_scores(packed, stored, direction, from, to)
  for first = from, to, 500 do
    local last, plain = math.min(first + 499, to), {}
    for slot = first, last do
      local score = stored[slot]
      plain[slot - first + 1] = score and score * direction + 0 or ABSENT
    end
    local count = last - first + 1
    packed[#packed + 1] = struct.pack('<' .. string.rep('d', count), unpack(plain, 1, count))
  end
end

-- All that outcomes were computed from: of each part of a producer how many duplicates (int16, -1 in conflict), of each board with results
-- its order (uint8: 0 desc, 1 asc) and the scores of its members, then those in its windows.
local function pack_state(parts, boards, places, scores, levels)
  local packed = {}
  for _, part in ipairs(parts) do
    packed[#packed + 1] = struct.pack('<h', part.is_conflict and -1 or part.duplicates)
  end
  for at = 1, #places, 2 do
    local board = boards[struct.unpack('<H', places, at)]
    packed[#packed + 1] = string.char(board.direction == -1 and 0 or 1)
    pack_scores(packed, scores.stored, board.direction, board.first_slot, board.last_slot)
    for n = 1, #board.windows do
      pack_scores(packed, levels[n].scores.stored, board.direction, board.first_slot, board.last_slot)
    end
  end
  return table.concat(packed)
end

-- By place of an operation: the byte before its outcomes, which are those on the board, then on each level of windows.
local function unpack_results(packed, kinds, operation_count)
  local results, places = { packed = packed, begins = {} }, {}
  if packed == '' then return results end
  for i = 1, operation_count do
    if kinds[3 * i - 2] == 5 then places[#places + 1] = i end
  end
  for n, i in ipairs(places) do results.begins[i] = (n - 1) * #packed / #places end
  return results
end

-- Sets the scores of winner and loser; ABSENT leaves one as it is. The value of a result is the loser's slot, then the rest for the log.
local function put_outcome(results, i, depth, slot, value, sign, scores, position)
  local winner, loser = struct.unpack('<dd', results.packed, results.begins[i] + 16 * depth + 1)
  if winner == winner then put_score(scores, slot, winner * sign + 0, position) end
  if loser == loser then put_score(scores, value % 65536, loser * sign + 0, position) end
end
