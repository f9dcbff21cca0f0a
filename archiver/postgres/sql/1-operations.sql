-- One row for each position of each partition's log: see docs/history.md.
CREATE TABLE scorewire.operations (
  partition integer NOT NULL,
  position bigint NOT NULL,
  step bigint NOT NULL,
  accepted_at timestamptz NOT NULL,
  kind text NOT NULL,
  board text,
  member text,
  opponent text,
  product text,
  player text,
  area text,
  match text,
  tournament text,
  value double precision,
  windows text[],
  operation jsonb NOT NULL,
  exact json,
  PRIMARY KEY (partition, position)
);
-- Rows come about in the order of their times, so that a few pages of this index tell where those of a day are.
CREATE INDEX operations_time ON scorewire.operations USING brin (accepted_at) WITH (autosummarize = on);
CREATE INDEX operations_board ON scorewire.operations (board, accepted_at) WHERE board IS NOT NULL;
CREATE INDEX operations_member ON scorewire.operations (member, accepted_at) WHERE member IS NOT NULL;
CREATE INDEX operations_opponent ON scorewire.operations (opponent, accepted_at) WHERE opponent IS NOT NULL;
CREATE INDEX operations_player ON scorewire.operations (player, accepted_at) WHERE player IS NOT NULL;
CREATE INDEX operations_match ON scorewire.operations (match, position) WHERE match IS NOT NULL;

-- Up to where each partition is archived. `accepted_at` is that of the step that ended there, by which the log is recognised.
CREATE TABLE scorewire.positions (
  partition integer PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  accepted_at timestamptz,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- What was trimmed from the log before it was archived.
CREATE TABLE scorewire.gaps (
  partition integer NOT NULL,
  after_position bigint NOT NULL,
  to_position bigint NOT NULL,
  noticed_at timestamptz NOT NULL DEFAULT now()
);

-- What was archived, and then lost by the store: by a failover, or when a copy of it was put back.
CREATE TABLE scorewire.lost_operations (LIKE scorewire.operations, noticed_at timestamptz NOT NULL DEFAULT now());
