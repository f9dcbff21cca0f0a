#!lua flags=no-writes
-- Reads registered teams of a tournament.
--
-- KEYS  1 its pieces
-- ARGV  1 the first one, 2 bytes after which it is enough
-- Returns  {number of pieces, piece, ...}

local count, bytes = redis.call('HLEN', KEYS[1]), 0
local answer = { count }
for piece = tonumber(ARGV[1]), count - 1 do
  if bytes >= tonumber(ARGV[2]) then break end
  local content = redis.call('HGET', KEYS[1], piece)
  answer[#answer + 1], bytes = content, bytes + #content
end
return answer
