-- Shared by several scripts: dirty names with the time of their oldest change.

-- They are one text, to which every batch adds a line of its time, how many names it has, and these: "\n<time><count>\t<name>\t<name>...". So marking costs the same however many are
-- dirty, and taking makes no tables of them here. Names have no control characters; time and count have these fixed widths.
local DIRTY_TIME_WIDTH, DIRTY_COUNT_WIDTH = 16, 6
-- What the text may have for each name that may be kept: twice the longest name on a line of its own. So after repeats were dropped at
-- least half of the room is free, and dropping them costs little for each name that is added.
local DIRTY_NAME_BYTES = 320

local function dirty_line(since, names)
  return string.format('\n%016.0f%06d\t%s', since, #names, table.concat(names, '\t'))
end

-- The text with each name once, and, where these are more than `max_names`, the oldest time instead.
local function drop_repeats(text, max_names)
  local oldest, order = {}, {}
  local oldest_of_all = math.huge
  for head, names in string.gmatch(text, '\n(%d+)\t([^\n]*)') do
    local since = tonumber(string.sub(head, 1, DIRTY_TIME_WIDTH))
    oldest_of_all = math.min(oldest_of_all, since)
    for name in string.gmatch(names, '[^\t]+') do
      local known = oldest[name]
      if not known then order[#order + 1] = name end
      if not known or since < known then oldest[name] = since end
    end
  end
  if #order > max_names then return nil, oldest_of_all end
  local together, times = {}, {}
  for _, name in ipairs(order) do
    local since = oldest[name]
    if not together[since] then together[since], times[#times + 1] = {}, since end
    table.insert(together[since], name)
  end
  local lines = {}
  for i, since in ipairs(times) do lines[i] = dirty_line(since, together[since]) end
  return table.concat(lines)
end

-- Only reads. The result, called after the script's other writes, marks `names` as changed since `since`. Where the text has become too long for
-- `max_names` names, repeats are dropped; where there are more names than that, the "all dirty" flag, which holds the oldest time of all, replaces them
-- (who takes them does the same where they are too many for the number, but not for the text).
local function plan_dirty(dirty_key, all_dirty_key, names, since, max_names)
  if #names == 0 then return function() end end
  local all_since = redis.call('GET', all_dirty_key)
  if all_since then
    if since >= tonumber(all_since) then return function() end end
    return function() redis.call('SET', all_dirty_key, since) end
  end

  local line = dirty_line(since, names)
  -- A board that every batch changes is not named every time: the names are those of the last line, which is not younger.
  local last = redis.call('GETRANGE', dirty_key, -#line, -1)
  local names_at = DIRTY_TIME_WIDTH + DIRTY_COUNT_WIDTH + 2
  if #last == #line and string.byte(last) == 10 and string.sub(last, names_at) == string.sub(line, names_at) and tonumber(string.sub(last, 2, DIRTY_TIME_WIDTH + 1)) <= since then
    return function() end
  end
  if redis.call('STRLEN', dirty_key) + #line <= max_names * DIRTY_NAME_BYTES then
    return function() redis.call('APPEND', dirty_key, line) end
  end

  local text, oldest = drop_repeats((redis.call('GET', dirty_key) or '') .. line, max_names)
  if text then return function() redis.call('SET', dirty_key, text) end end
  return function()
    redis.call('SET', all_dirty_key, oldest)
    redis.call('UNLINK', dirty_key)
  end
end
