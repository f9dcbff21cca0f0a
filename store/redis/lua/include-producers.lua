-- Shared by several scripts: what a partition remembers of a producer, or of one use of an idempotency key.

-- A record is a hash of `claim`, `last` (the highest number settled here), `refused`.
-- `refused` holds numbers in ascending order, each packed as float64 and its code as uint8, little-endian; of a number under which several
-- operations were refused the first code.
local REFUSAL_BYTES = 9

-- How many of `count` packed numbers, which never descend, are at most `number`; they begin at byte `start` and lie `stride` bytes apart.
local function count_up_to(packed, start, stride, count, number)
  local low, high = 0, count
  while low < high do
    local middle = math.floor((low + high) / 2)
    if struct.unpack('<d', packed, start + middle * stride) <= number then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- Only reads. Of a part whose operations have the places `from` to `to`, and whose packed numbers begin at byte `start`: `duplicates`
-- from the beginning are settled, and `is_conflict` holds all of it back. `refused` gets the places and codes of duplicates refused before.
local function plan_part(key, claim, from, to, numbers, start, refused)
  local record = redis.call('HMGET', key, 'claim', 'last')
  local part = { key = key, claim = claim, from = from, to = to, duplicates = 0, start = start }
  part.known_claim, part.last = tonumber(record[1] or '0'), tonumber(record[2] or '0')
  part.is_conflict = claim < part.known_claim
  local count = to - from + 1
  if part.is_conflict or count == 0 then return part end

  local first_number = struct.unpack('<d', numbers, start)
  if first_number <= part.last then
    part.duplicates = count_up_to(numbers, start, 8, count, part.last)
    local known = redis.call('HGET', key, 'refused') or ''
    local i = count_up_to(known, 1, REFUSAL_BYTES, #known / REFUSAL_BYTES, first_number - 1)
    while REFUSAL_BYTES * i < #known do
      local number, code = struct.unpack('<dB', known, REFUSAL_BYTES * i + 1)
      local place = count_up_to(numbers, start, 8, part.duplicates, number)
      for same = count_up_to(numbers, start, 8, place, number - 1) + 1, place do
        refused[#refused + 1] = from + same - 1
        refused[#refused + 1] = code
      end
      if place == part.duplicates then break end
      i = i + 1
    end
  end
  if part.duplicates < count then part.new_last = struct.unpack('<d', numbers, start + 8 * (count - 1)) end
  return part
end

-- Only reads. `refused` holds places of operations with their codes, all above those refused before.
local function plan_refusals(part, refused, numbers, most)
  local packed, previous = { redis.call('HGET', part.key, 'refused') or '' }, nil
  for i = 1, #refused, 2 do
    local number = struct.unpack('<d', numbers, part.start + 8 * (refused[i] - part.from))
    if number ~= previous then packed[#packed + 1] = struct.pack('<dB', number, refused[i + 1]) end
    previous = number
  end
  part.refusals = string.sub(table.concat(packed), -most * REFUSAL_BYTES)
end

local function commit_part(part, retention_ms)
  if part.is_conflict then return end
  if part.new_last or part.claim > part.known_claim then
    local last = part.new_last or part.last
    if part.refusals then
      redis.call('HSET', part.key, 'claim', part.claim, 'last', last, 'refused', part.refusals)
    else
      redis.call('HSET', part.key, 'claim', part.claim, 'last', last)
    end
  end
  redis.call('PEXPIRE', part.key, retention_ms)
end
