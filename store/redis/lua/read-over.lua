#!lua flags=no-writes
-- Finds sessions and windows of a partition whose time is over.
--
-- KEYS  1 logins, 2 windows
-- ARGV  1 time of the latest login up to which a session is over (ms), 2 time up to which a window may go (ms), 3 most of both together
-- Returns  {{`<area>:<user>`, ...}, {window, ...}}, each the oldest first

local most = tonumber(ARGV[3])
local sessions = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, most)
local windows = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[2], 'LIMIT', 0, most - #sessions)
return { sessions, windows }
