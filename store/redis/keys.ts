/**
 * Every key name. All keys of a partition share the hash tag `{p<k>}`, so that they live on one Cluster node and one
 * script may use them together; the partition count has a tag of its own.
 */
export const DEFAULT_KEY_PREFIX = 'scorewire:';

export interface PartitionKeys {
  /** String: how far its history has come. */
  readonly position: string;
  /** Stream: its history (see lua/include-log.lua). The id of an entry is the position after it. */
  readonly log: string;
  /** String: what changed, in lines of a time and names (see lua/include-dirty.lua). */
  readonly dirty: string;
  /** String: the time of the oldest change, where there were too many names. */
  readonly allDirty: string;
  /** Hash: who may publish (see lua/acquire-lease.lua). */
  readonly lease: string;
  /** String: the highest fencing number that dirty names were taken under. */
  readonly fence: string;
  /** String: the time that was noted last in its probe. */
  readonly probe: string;
  /** Sorted set of board ids, all with score 0: byte order. */
  readonly boards: string;
  /** Hash: board id to configuration (see lua/include-boards.lua). */
  readonly configs: string;
  /** Hash: board id to number of members. */
  readonly totals: string;
  /** Hash: member to display name. */
  readonly profiles: string;
  /** Hash: id of a board or a window to the position before its creation. */
  readonly created: string;
  /** Sorted set: windows by the time after which they may go. */
  readonly windows: string;
  /** Hash: `<area>:<user>` to mode. */
  readonly sessions: string;
  /** Sorted set: `<area>:<user>` by the time of the latest login. */
  readonly logins: string;
  /** Hash: product to its configuration. */
  readonly products: string;
  /** Sorted set of the configured products, all with score 0: byte order. */
  readonly productIds: string;
  /** Sorted set of the areas in which somebody is active, all with score 0: byte order. */
  readonly areas: string;
  /** Hash: match to its fixture (see lua/include-match-labels.lua). */
  readonly matches: string;
  /** Hash: match to what a list of matches shows, as JSON. */
  readonly summaries: string;
  /** Sorted set of the matches, all with score 0: byte order. */
  readonly matchIds: string;
  /** List: the events of a match, each as JSON with the time of its acceptance. */
  matchEvents(match: string): string;
  /** Sorted set of the tournaments, all with score 0: byte order. */
  readonly tournamentIds: string;
  tournament(id: string): TournamentKeys;
  /** Hash: the names of a product's counters to their places. */
  counterNames(product: string): string;
  /** Hash: the players of a product to their counters (see lua/include-counter-values.lua). */
  counters(product: string): string;
  /** Sorted set: modes of an area by the negated number of users. */
  area(area: string): string;
  /** Hash: what is remembered of a producer, or of one use of an idempotency key (see lua/include-producers.lua). It expires. */
  producer(id: string): string;
  /** String: the number of the batch that an engine has applied last by apply-sums.lua. It expires. */
  lastBatch(engine: string): string;
  /** Hash: the body for which an idempotency key stands (see lua/begin-once.lua). It expires. */
  once(key: string): string;
  /** Of a board, or of a window of one. */
  board(id: string): BoardKeys;
}

export interface TournamentKeys {
  /** Hash: what it is as a whole (see lua/include-tournaments.lua). */
  readonly itself: string;
  /** Hash: player to points in thousandths. */
  readonly players: string;
  /** Hash: number of a piece, from 0, to teams (see contest/chunk-format.ts). */
  readonly chunks: string;
  /** Hash: team that came or changed after the start to its record (see lua/put-team.lua). */
  readonly late: string;
  /** Sorted set: `p` and a player, or `t` and such a team, by the number of its last change. */
  readonly changes: string;
}

export interface BoardKeys {
  /** Sorted set, best first in ascending order (see lua/include-boards.lua). */
  readonly ranking: string;
  /** Hash: member to arrival; only for boards with ties `first`. */
  readonly arrivals: string;
  /** Set: the windows of a board that have been scored, such as `daily.2026-11-21`. */
  readonly windows: string;
  /** List: a label (see lua/include-checkpoint-label.lua) and texts. */
  readonly checkpoint: string;
}

export interface Keys {
  readonly partitionCount: string;
  readonly partitions: readonly PartitionKeys[];
}

/** `prefix` keeps installations in one Redis apart; it has no braces, which would move the hash tag. */
export function createKeys(prefix: string, partitions: number): Keys {
  return {
    partitionCount: `${prefix}{partitions}`,
    partitions: Array.from({ length: partitions }, (_, partition) =>
      createPartitionKeys(`${prefix}{p${partition}}`),
    ),
  };
}

function createPartitionKeys(tag: string): PartitionKeys {
  return {
    position: `${tag}:position`,
    log: `${tag}:log`,
    dirty: `${tag}:dirty-names`,
    allDirty: `${tag}:all-dirty`,
    lease: `${tag}:lease`,
    fence: `${tag}:fence`,
    probe: `${tag}:probe`,
    boards: `${tag}:boards`,
    configs: `${tag}:configs`,
    totals: `${tag}:totals`,
    profiles: `${tag}:profiles`,
    created: `${tag}:created`,
    windows: `${tag}:windows`,
    sessions: `${tag}:sessions`,
    logins: `${tag}:logins`,
    products: `${tag}:products`,
    productIds: `${tag}:product-ids`,
    areas: `${tag}:areas`,
    matches: `${tag}:matches`,
    summaries: `${tag}:summaries`,
    matchIds: `${tag}:match-ids`,
    matchEvents: (match) => `${tag}:match-events:${match}`,
    tournamentIds: `${tag}:tournament-ids`,
    tournament: (id) => ({
      itself: `${tag}:tournament:${id}`,
      players: `${tag}:tournament-players:${id}`,
      chunks: `${tag}:tournament-chunks:${id}`,
      late: `${tag}:tournament-late:${id}`,
      changes: `${tag}:tournament-changes:${id}`,
    }),
    counterNames: (product) => `${tag}:counter-names:${product}`,
    counters: (product) => `${tag}:counters:${product}`,
    area: (area) => `${tag}:area:${area}`,
    producer: (id) => `${tag}:producer:${id}`,
    lastBatch: (engine) => `${tag}:last-batch:${engine}`,
    once: (key) => `${tag}:once:${key}`,
    board: (id) => ({
      ranking: `${tag}:ranking:${id}`,
      arrivals: `${tag}:arrivals:${id}`,
      windows: `${tag}:windows:${id}`,
      checkpoint: `${tag}:checkpoint:${id}`,
    }),
  };
}
