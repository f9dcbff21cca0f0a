import { MAX_VALUES } from '../protocol/decode-error.ts';
import type { AnnouncedLimits } from '../protocol/frames.ts';

/** Every limit of the edge, by name. docs/limits.md prints this table; each has a test. Zero means no limit where it says so. */
export interface ServerLimits extends AnnouncedLimits {
  /** Bytes of one WebSocket frame from a client; over it the connection is closed with 4503. */
  readonly frameBytes: number;
  /** Channels one connection, or stream of events, may subscribe to; beyond: `too_many_subscriptions`. */
  readonly subscriptionsPerConnection: number;
  /** Unsent bytes a slow connection may cost; over it updates are withheld and conflated. */
  readonly backpressureBytes: number;
  /** Events of one publish frame or HTTP request; beyond: `too_large`. */
  readonly eventsPerPublish: number;
  /** Published but not yet acknowledged events of one connection; beyond: `rate_limited`. */
  readonly unackedEventsPerConnection: number;
  /** Producers that one connection may publish with; beyond: `too_large`. */
  readonly producersPerConnection: number;
  /** Publish frames of one connection per second (token bucket of one second); beyond: `rate_limited`. 0: no limit. */
  readonly publishesPerSecond: number;
  /** Sockets and streams of events of this node; beyond: closed with 4002, or 503. */
  readonly connections: number;
  /** Sockets and streams of events of one remote address; beyond: closed with 4002, or 429. 0: no limit. */
  readonly connectionsPerAddress: number;
  /** Bytes of one HTTP body; beyond: 413 `too_large`. */
  readonly bodyBytes: number;
  /** Accepted events of this node that the store has not settled; beyond: `rate_limited`. */
  readonly pendingEvents: number;
  /** Bytes of replies kept for a connection that does not drain; beyond: closed with 4502. */
  readonly replyQueueBytes: number;
  /** Channels that this node watches; beyond: `unavailable`. */
  readonly channels: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  frameBytes: 1024 * 1024,
  subscriptionsPerConnection: 256,
  backpressureBytes: 1024 * 1024,
  eventsPerPublish: 10_000,
  unackedEventsPerConnection: 100_000,
  producersPerConnection: 16,
  publishesPerSecond: 1000,
  connections: 100_000,
  connectionsPerAddress: 0,
  bodyBytes: 16 * 1024 * 1024,
  pendingEvents: 500_000,
  replyQueueBytes: 4 * 1024 * 1024,
  channels: 200_000,
};

/** Limits of what is decoded, so that no message holds up the others for long. */
export const INPUT_LIMITS = {
  /** Elements and entries that an event may have on the average, where publishes may have very many events. */
  valuesPerEvent: 20,
  /** Values of a frame from who has shown no token, and so can publish nothing; beyond: `too_large`, closed with 4503. */
  anonymousValues: 10_000,
} as const;

/** Elements of lists and entries of objects in one message; beyond: `too_large`. */
export function maxValues({ eventsPerPublish }: Pick<ServerLimits, 'eventsPerPublish'>): number {
  return Math.max(MAX_VALUES, INPUT_LIMITS.valuesPerEvent * eventsPerPublish);
}

/** Limits of HTTP that are not settings. */
export const HTTP_LIMITS = {
  /** Rows of one page of a board; more is `malformed`. */
  pageRows: 1000,
  /** Rows on each side of a member; more is `malformed`. */
  neighbours: 100,
  /** Boards of one page of the list; more is `malformed`. */
  listedBoards: 1000,
  /** Products of one page of the list; more is `malformed`. */
  listedProducts: 1000,
  /** Areas of one page of the list; more is `malformed`. */
  listedAreas: 1000,
  /** Matches of one page of the list; more is `malformed`. */
  listedMatches: 1000,
  /** Events of one page of a match; more is `malformed`. */
  listedMatchEvents: 1000,
  /** Tournaments of one page of the list; more is `malformed`. */
  listedTournaments: 1000,
  /** Bytes of the settings of a tournament, which name its players; beyond: 413 `too_large`. */
  tournamentBodyBytes: 2 * 1024 * 1024,
  /** Uploads of teams that a node takes at once; beyond: 429 `rate_limited`. */
  uploads: 4,
  /** Modes of an area that are told, the most played ones. */
  areaModes: 1000,
  /** Channels, and connections of a node, that an operator is shown at once. */
  adminChannels: 50,
  adminConnections: 100,
  /** Bytes of the board settings in `PUT /v1/boards/{id}` and of other small bodies; beyond: 413 `too_large`. */
  settingsBodyBytes: 64 * 1024,
  /** Characters of an `Idempotency-Key`; a longer one is `malformed`. */
  idempotencyKeyLength: 255,
  /** Bytes of all static files together, since they are kept in memory; beyond: the server does not start. */
  staticBytes: 64 * 1024 * 1024,
} as const;

/** Limits of tokens; a token beyond them is `unauthorized`. */
export const AUTH_LIMITS = {
  /** Characters of a token. */
  tokenLength: 8192,
  /** Characters of the `sub` claim. */
  subjectLength: 256,
  /** Patterns of one claim. */
  patterns: 256,
  /** Characters of one pattern. */
  patternLength: 512,
  /** Verified tokens that are remembered, so that a request costs no signature check. */
  cachedTokens: 10_000,
  /** Milliseconds that a verified token is remembered at most, so that a key taken out of a JWKS counts soon. */
  cachedTokenMs: 60_000,
} as const;
