-- Shared by several scripts: the log of a partition.

-- Appends what leads from position `from` to `to`, and trims so that at least `kept_operations` positions are kept. It is to be a
-- script's first write: should the log have another end than the position says, then nothing at all is written.
local function append_entry(log_key, kept_operations, from, to, at, kind, ...)
  local id = string.format('%.0f-0', to)
  local oldest = to - kept_operations + 1
  if oldest > 1 then
    -- Not exactly, since whole nodes of the stream go for next to nothing.
    local trim = string.format('%.0f', oldest)
    redis.call('XADD', log_key, 'MINID', '~', trim, id, 'from', from, 'at', at, 'kind', kind, ...)
  else
    redis.call('XADD', log_key, id, 'from', from, 'at', at, 'kind', kind, ...)
  end
end

-- Moves the position by one, for a change that is not one of operations, and gives the new one.
local function append_change(position_key, log_key, kept_operations, at, kind, ...)
  local from = tonumber(redis.call('GET', position_key) or '0')
  append_entry(log_key, kept_operations, from, from + 1, at, kind, ...)
  redis.call('SET', position_key, from + 1)
  return from + 1
end

local function pack_text(text)
  return struct.pack('<Hc0', #text, text)
end

local function unpack_texts(packed, count)
  if count == 0 then return {} end
  return { struct.unpack('<' .. string.rep('Hc0', count), packed) }
end
