#!lua flags=no-writes
-- Reads settings of boards, or of products.
--
-- KEYS  1 configs, or products
-- ARGV  boards, or products
-- Returns  {configuration or '', ...}

-- @include include-boards.lua

local values = hmget(KEYS[1], ARGV)
for i = 1, #ARGV do values[i] = values[i] or '' end
return values
