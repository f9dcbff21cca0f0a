-- Shared by scripts that apply batches: batches of one engine that are sent behind each other are applied in their order, or not at all.

-- Much longer than a batch that was sent already can take.
local NUMBER_KEPT_MS = 10000

-- Only reads. `before` is the number of the batch that must be the engine's last here, '' where any may be.
local function is_next(key, before)
  return before == '' or redis.call('GET', key) == before
end

local function commit_number(key, number)
  if number ~= '' then redis.call('SET', key, number, 'PX', NUMBER_KEPT_MS) end
end

local function format_number(number)
  return number == 0 and '' or string.format('%.0f', number)
end
