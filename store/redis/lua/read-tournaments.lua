#!lua flags=no-writes
-- Reads what tournaments are as a whole.
--
-- KEYS  tournaments
-- Returns  {{settings, status, registered} or {}, ...}

local answer = {}
for i, key in ipairs(KEYS) do
  local fields = redis.call('HMGET', key, 'settings', 'status', 'registered')
  answer[i] = fields[1] and { fields[1], fields[2], fields[3] or '0' } or {}
end
return answer
