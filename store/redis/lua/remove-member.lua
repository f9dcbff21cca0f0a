#!lua flags=allow-oom
-- Removes a member from a board; the board stays.
--
-- KEYS  1 dirty, 2 all-dirty, 3 configs, 4 totals, 5 the board's ranking, 6 its arrivals, 7 position, 8 log
-- ARGV  1 board, 2 member, 3 changed at (ms), 4 most dirty names, 5 operations that the log keeps
-- Returns  1, or 0 where there was none

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-log.lua

local id, member = ARGV[1], ARGV[2]
local config = redis.call('HGET', KEYS[3], id)
if not config then return 0 end
local _, ties = parse_config(config)
local element = member
if ties == 'first' then
  local arrival = redis.call('HGET', KEYS[6], member)
  if not arrival then return 0 end
  element = arrival .. member
end
if not redis.call('ZSCORE', KEYS[5], element) then return 0 end
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[3]), tonumber(ARGV[4]))

append_change(KEYS[7], KEYS[8], tonumber(ARGV[5]), ARGV[3], 'remove-member', 'board', id, 'member', member)
redis.call('ZREM', KEYS[5], element)
if ties == 'first' then redis.call('HDEL', KEYS[6], member) end
redis.call('HSET', KEYS[4], id, redis.call('ZCARD', KEYS[5]))
commit_dirty()
return 1
