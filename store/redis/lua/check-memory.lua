#!lua
-- Does nothing, but as a script that may need memory: a server whose memory is full refuses to run it, as does every other that
-- takes no writes.
--
-- KEYS  1 any key of the partition
-- Returns  1

return 1
