#!lua flags=allow-oom
-- Does nothing, but as a script that may write: a replica, and a server that can't save, refuse to run it.
--
-- KEYS  1 any key of the partition
-- Returns  1

return 1
