CREATE VIEW scorewire.score_changes AS
SELECT partition, position, accepted_at, board, member, kind,
  CASE kind WHEN 'delta' THEN value END AS delta,
  CASE WHEN kind IN ('set', 'best') THEN value END AS score,
  windows
FROM scorewire.operations
WHERE kind IN ('delta', 'set', 'best');

CREATE VIEW scorewire.results AS
SELECT partition, position, accepted_at, board,
  member AS winner, opponent AS loser, (operation ->> 'draw')::boolean AS draw,
  operation ->> 'handler' AS handler, operation -> 'options' AS options, windows
FROM scorewire.operations
WHERE kind = 'result';

CREATE VIEW scorewire.counts AS
SELECT partition, position, accepted_at, product, player, operation ->> 'counter' AS counter, value AS added
FROM scorewire.operations
WHERE kind = 'count';

CREATE VIEW scorewire.sessions AS
SELECT partition, position, accepted_at, area, member,
  operation ->> 'mode' AS mode, CASE kind WHEN 'login' THEN 'LOGIN' ELSE 'LOGOUT' END AS action
FROM scorewire.operations
WHERE kind IN ('login', 'logout')
UNION ALL
SELECT partition, position, accepted_at, session ->> 'area', session ->> 'user', NULL, 'EXPIRED'
FROM scorewire.operations, jsonb_array_elements(operation -> 'sessions') AS session
WHERE kind = 'expire-sessions';

-- As they were published: an `undo` or an `amend` is an event that follows, and changes none before it.
CREATE VIEW scorewire.match_events AS
SELECT partition, position, accepted_at, match,
  operation #>> '{event,type}' AS type, operation #>> '{event,action}' AS action, operation -> 'event' AS event
FROM scorewire.operations
WHERE kind = 'append';

CREATE VIEW scorewire.deliveries AS
SELECT partition, position, accepted_at, match,
  (event ->> 'innings')::integer AS innings, (event ->> 'over')::integer AS over,
  event #>> '{delivery,batter}' AS batter, event #>> '{delivery,bowler}' AS bowler,
  event #>> '{delivery,non_striker}' AS non_striker,
  (event #>> '{delivery,runs,batter}')::integer AS batter_runs,
  (event #>> '{delivery,runs,extras}')::integer AS extras,
  (event #>> '{delivery,runs,total}')::integer AS runs,
  coalesce(jsonb_array_length(event #> '{delivery,wickets}'), 0) AS wickets,
  event -> 'delivery' AS delivery
FROM scorewire.match_events
WHERE type = 'delivery';

CREATE VIEW scorewire.points AS
SELECT partition, position, accepted_at, tournament, player,
  (operation ->> 'points')::numeric / 1000 AS points,
  coalesce((operation ->> 'fed')::boolean, false) AS fed
FROM scorewire.operations
WHERE kind = 'points';

-- A name goes to every partition, so it is there several times; this is the latest of each member.
CREATE VIEW scorewire.names AS
SELECT DISTINCT ON (member) member, operation ->> 'name' AS name, accepted_at
FROM scorewire.operations
WHERE kind = 'profile'
ORDER BY member, accepted_at DESC, partition, position DESC;
