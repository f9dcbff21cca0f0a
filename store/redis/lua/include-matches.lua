-- For apply.lua: events of matches. The engine has folded them over the events that it knows of, and applies them only where the match has still
-- these (compare and set).

-- The lists of events begin at `next_key` of `keys`, after the hashes of matches and of summaries. Packed are how many matches and
-- events there are (uint16 each), the matches as texts, and as texts whose lengths are uint32 the events (JSON, '' for one that is left
-- out) and in step with the matches their summaries (JSON, '' where it stays).
local function open_matches(keys, next_key, counts, packed_matches, packed_events, packed_summaries, accepted_at)
  local matches_key, summaries_key = keys[next_key], keys[next_key + 1]
  local match_count, event_count = struct.unpack('<HH', counts)
  local ids, added, matches = unpack_texts(packed_matches, match_count), {}, {}
  local events
  local function list_of(place) return keys[next_key + 1 + place] end

  -- Only reads. All that was folded: per match its label (text, empty where there is none), the number of its events (uint32) and the
  -- hash of the last one (text).
  function matches.pack_state()
    local packed = {}
    local stored = redis.call('HMGET', matches_key, unpack(ids, 1, match_count))
    for place = 1, match_count do
      local label = stored[place] and label_of(stored[place]) or ''
      local count = stored[place] and redis.call('LLEN', list_of(place)) or 0
      packed[place] = pack_text(label) .. struct.pack('<I4', count) .. pack_text(hash_of_event(list_of(place), count))
    end
    return table.concat(packed)
  end

  -- Only computes: adds the event `n` to the match at this place.
  function matches.add(place, n)
    events = events or { struct.unpack('<' .. string.rep('I4c0', event_count), packed_events) }
    added[place] = added[place] or {}
    table.insert(added[place], '{"at":' .. accepted_at .. ',"event":' .. events[n] .. '}')
  end

  function matches.name_changed(dirty_names)
    for place = 1, match_count do
      if added[place] then dirty_names[#dirty_names + 1] = 'match:' .. ids[place] end
    end
  end

  function matches.put_fields(fields) fields.matches, fields.events = packed_matches, packed_events end
  function matches.put_sources(batch)
    batch.matches = ids
    batch.events = { struct.unpack('<' .. string.rep('I4c0', event_count), packed_events) }
  end

  function matches.commit()
    local summaries = { struct.unpack('<' .. string.rep('I4c0', match_count), packed_summaries) }
    for place = 1, match_count do
      if added[place] then
        redis.call('RPUSH', list_of(place), unpack(added[place]))
        if summaries[place] ~= '' then redis.call('HSET', summaries_key, ids[place], summaries[place]) end
      end
    end
  end

  return matches
end
