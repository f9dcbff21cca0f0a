-- Shared by several scripts: dirty names with the time of their oldest change.

-- Only reads. The result, called after the script's other writes, marks `names` as changed since `since`; above
-- `max_names` it replaces all names by the "all dirty" flag, which holds the oldest time of all.
local function plan_dirty(dirty_key, all_dirty_key, names, since, max_names)
  if #names == 0 then return function() end end
  local all_since = redis.call('GET', all_dirty_key)
  if all_since then
    if since >= tonumber(all_since) then return function() end end
    return function() redis.call('SET', all_dirty_key, since) end
  end

  local known = redis.call('HMGET', dirty_key, unpack(names))
  local fields, added = {}, 0
  for i = 1, #names do
    if not known[i] then added = added + 1 end
    if not known[i] or since < tonumber(known[i]) then
      fields[#fields + 1] = names[i]
      fields[#fields + 1] = since
    end
  end
  if added > 0 and redis.call('HLEN', dirty_key) + added > max_names then
    local oldest = since
    for _, time in ipairs(redis.call('HVALS', dirty_key)) do oldest = math.min(oldest, tonumber(time)) end
    return function()
      redis.call('SET', all_dirty_key, oldest)
      redis.call('UNLINK', dirty_key)
    end
  end
  if #fields == 0 then return function() end end
  return function() redis.call('HSET', dirty_key, unpack(fields)) end
end
