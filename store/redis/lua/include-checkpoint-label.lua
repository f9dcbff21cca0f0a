-- The label of a checkpoint, `<position> <id> <check>`: the position moves on without the texts, so it has a check of its own.

local function checkpoint_label(position, id)
  return position .. ' ' .. id .. ' ' .. redis.sha1hex(position .. ' ' .. id)
end

-- Of the checkpoint at a key: its label, position and id; nil where there is none, false where that is not what was written.
local function read_label(key)
  local kind = redis.call('TYPE', key).ok
  if kind == 'none' then return nil end
  if kind ~= 'list' then return false end
  local label = redis.call('LINDEX', key, 0)
  local position, id = string.match(label, '^(%d+) (%S+) %x+$')
  if not position or label ~= checkpoint_label(position, id) then return false end
  return label, position, id
end

-- The position before the creation of a board or a window; nil where there is none, false where that is no position.
local function read_creation(created_key, board)
  local created = redis.call('HGET', created_key, board)
  if not created then return nil end
  return string.match(created, '^%d+$') and tonumber(created) <= 9007199254740991 and created or false
end
