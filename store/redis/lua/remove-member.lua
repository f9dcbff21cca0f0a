#!lua flags=allow-oom
-- Removes a member from a board, after its windows, or from a window; the board stays, and so does a window.
--
-- KEYS  1 dirty, 2 all-dirty, 3 configs, 4 totals, 5 the board's ranking, 6 its arrivals, 7 position, 8 log, 9 windows,
--       10 the set of its windows, then rankings and arrivals of these
-- ARGV  1 board, 2 member, 3 changed at (ms), 4 most dirty names, 5 operations that the log keeps, then its windows as in the keys
-- Returns  1, or 0 where there was none, or {window, ...} where these are its windows and the member may be in one

-- @include include-boards.lua
-- @include include-dirty.lua
-- @include include-log.lua

local id, member = ARGV[1], ARGV[2]
local config = config_of(KEYS[3], KEYS[9], id)
if not config then return 0 end
local _, ties = parse_config(config)

-- Its element in a ranking, false where it has none.
local function element_in(ranking_key, arrivals_key)
  local element = member
  if ties == 'first' then
    local arrival = redis.call('HGET', arrivals_key, member)
    if not arrival then return false end
    element = arrival .. member
  end
  return redis.call('ZSCORE', ranking_key, element) and element
end

local windows, is_absent = redis.call('SMEMBERS', KEYS[10]), {}
for i = 6, #ARGV do
  is_absent[ARGV[i]] = not element_in(KEYS[2 * i - 1], KEYS[2 * i])
end
for _, window in ipairs(windows) do
  if not is_absent[window] then return windows end
end
local element = element_in(KEYS[5], KEYS[6])
if not element then return 0 end
local commit_dirty = plan_dirty(KEYS[1], KEYS[2], { 'board:' .. id }, tonumber(ARGV[3]), tonumber(ARGV[4]))

append_change(KEYS[7], KEYS[8], tonumber(ARGV[5]), ARGV[3], 'remove-member', 'board', id, 'member', member)
redis.call('ZREM', KEYS[5], element)
if ties == 'first' then redis.call('HDEL', KEYS[6], member) end
if base_of(id) == id then redis.call('HSET', KEYS[4], id, redis.call('ZCARD', KEYS[5])) end
commit_dirty()
return 1
