import type { ClientFrame, ServerFrame } from './frames.ts';
import { CLIENT_MATCH_FRAMES, SERVER_MATCH_FRAMES } from './sample-match-frames.ts';
import { CLIENT_TOURNAMENT_FRAMES, SERVER_TOURNAMENT_FRAMES } from './sample-tournament-frames.ts';

/** Every frame of the protocol, in every form that differs; the golden vectors and PROTOCOL.md's examples. */
export type SampleFrame =
  | { readonly name: string; readonly direction: 'client'; readonly frame: ClientFrame }
  | { readonly name: string; readonly direction: 'server'; readonly frame: ServerFrame };

const at = Date.UTC(2026, 10, 21, 12, 0, 0);
const epoch = '7.9f86d081884c7d65';

const client: [string, ClientFrame][] = [
  ['auth', { type: 'auth', id: 1, token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl' }],
  ['subscribe', { type: 'subscribe', id: 2, channel: 'board:season' }],
  ['subscribe since', { type: 'subscribe', id: 3, channel: 'board:season', since: { epoch, seq: 41 } }],
  ['subscribe to a rank', { type: 'subscribe', id: 4, channel: 'rank:season@daily:Zoë: 1️⃣' }],
  ['unsubscribe', { type: 'unsubscribe', id: 5, channel: 'board:season' }],
  [
    'publish',
    {
      type: 'publish',
      id: 6,
      events: [
        { type: 'score', board: 'season', member: 'Ann', delta: 25 },
        { type: 'score', board: 'season', member: '__proto__', set: -1.5 },
        { type: 'score', board: 'lap-times', member: 'Björn', best: 83.417 },
        { type: 'profile', member: 'Ann', name: 'Ann 💥' },
      ],
    },
  ],
  [
    'publish of every event',
    {
      type: 'publish',
      id: 10,
      events: [
        { type: 'score', board: 'season', member: 'Ann', delta: 25 },
        { type: 'result', product: 'chess', winner: 'Ann', loser: 'Björn' },
        { type: 'result', product: 'chess', winner: 'Carla', loser: 'Ann', draw: true },
        { type: 'track', product: 'chess', player: 'Ann', event: 'select_opening', data: { name: 'Réti' } },
        { type: 'session', area: '111', mode: 'blitz', user: 'Ann', action: 'LOGIN' },
        { type: 'session', area: '111', mode: 'blitz', user: 'Ann', action: 'LOGOUT' },
        { type: 'profile', member: 'Ann', name: 'Ann 💥' },
      ],
    },
  ],
  ...CLIENT_MATCH_FRAMES,
  ...CLIENT_TOURNAMENT_FRAMES,
  ['publish nothing', { type: 'publish', id: -7, events: [] }],
  [
    'publish with a new producer',
    {
      type: 'publish',
      id: 11,
      producer: 'game-7.c41e08',
      seq: 1,
      events: [{ type: 'score', board: 'season', member: 'Ann', delta: 25 }],
    },
  ],
  [
    'publish with a producer',
    {
      type: 'publish',
      id: 8,
      producer: 'game-7.3f2c9a',
      seq: 4_294_967_297,
      events: [
        { type: 'score', board: 'season', member: 'Ann', delta: 25 },
        { type: 'score', board: 'season', member: 'Björn', delta: -5 },
      ],
    },
  ],
  ['ping', { type: 'ping', id: Number.MAX_SAFE_INTEGER }],
];

const server: [string, ServerFrame][] = [
  [
    'welcome',
    {
      type: 'welcome',
      session: '01JDJ4T0Q3ZK',
      node: 'node-1',
      protocol: 1,
      pingIntervalMs: 25_000,
      limits: {
        frameBytes: 1_048_576,
        subscriptionsPerConnection: 256,
        backpressureBytes: 1_048_576,
        eventsPerPublish: 10_000,
        unackedEventsPerConnection: 100_000,
        publishesPerSecond: 1000,
      },
    },
  ],
  ['ok', { type: 'ok', id: 5 }],
  [
    'subscribed',
    {
      type: 'subscribed',
      id: 2,
      channel: 'board:season',
      kind: 'rows',
      epoch,
      seq: 41,
      state: [
        ['Carla', 4_294_967_296],
        ['Ann', 120, 'Ann 💥'],
        ['Björn', 95],
        ['__proto__', 95],
      ],
    },
  ],
  [
    'subscribed to what is empty',
    { type: 'subscribed', id: 3, channel: 'board:new', kind: 'rows', epoch, seq: 1, state: [] },
  ],
  [
    'subscribed to a document',
    {
      type: 'subscribed',
      id: 4,
      channel: 'rank:season:Ann',
      kind: 'document',
      epoch,
      seq: 41,
      state: { member: 'Ann', rank: 2, score: 120, total: 4 },
    },
  ],
  [
    'subscribed, recovered',
    {
      type: 'subscribed',
      id: 3,
      channel: 'board:season',
      kind: 'rows',
      epoch,
      seq: 45,
      recovered: true,
      patches: [
        { seq: 42, at, patch: [[2, 1, ['Björn', 100]]] },
        { seq: 45, from: 42, at: at + 1500, patch: [[3, 1]] },
      ],
    },
  ],
  [
    'update of rows',
    {
      type: 'update',
      channel: 'board:season',
      seq: 42,
      at,
      patch: [
        [1, 0, ['Dora', 130.5]],
        [4, 1],
      ],
    },
  ],
  [
    'update of a document',
    {
      type: 'update',
      channel: 'rank:season:Ann',
      seq: 46,
      from: 42,
      at,
      patch: { rank: null, score: null, total: 3 },
    },
  ],
  ...SERVER_MATCH_FRAMES,
  ...SERVER_TOURNAMENT_FRAMES,
  [
    'update to a new epoch',
    {
      type: 'update',
      channel: 'board:season',
      epoch: '8.60303ae22b998861',
      seq: 3,
      from: 45,
      at,
      patch: [[1, 1, ['Ann', 150, 'Ann 💥']]],
    },
  ],
  [
    'snapshot',
    {
      type: 'snapshot',
      channel: 'board:season',
      kind: 'rows',
      epoch,
      seq: 60,
      state: [['Ann', 150]],
      conflated: true,
    },
  ],
  [
    'snapshot of a document',
    {
      type: 'snapshot',
      channel: 'rank:season:Ann',
      kind: 'document',
      epoch,
      seq: 61,
      state: { member: 'Ann', total: 0 },
    },
  ],
  ['status', { type: 'status', channel: 'board:season', stale: true }],
  ['status, no longer stale', { type: 'status', channel: 'board:season', stale: false }],
  [
    'ack',
    {
      type: 'ack',
      id: 6,
      applied: 3,
      duplicates: 0,
      rejected: [
        { index: 1, code: 'forbidden', message: 'the token does not permit publishing to board:season' },
      ],
    },
  ],
  [
    'ack with a number',
    {
      type: 'ack',
      id: 8,
      applied: 1,
      duplicates: 1,
      rejected: [],
      seq: 4_294_967_298,
    },
  ],
  ['pong', { type: 'pong', id: Number.MAX_SAFE_INTEGER }],
  [
    'error',
    {
      type: 'error',
      id: 7,
      code: 'rate_limited',
      message: 'too many publishes in one second',
      retryAfterMs: 400,
    },
  ],
  [
    'error resend',
    {
      type: 'error',
      id: 9,
      code: 'resend',
      message: 'the event with number 43 is wanted next: send again from there',
      seq: 43,
    },
  ],
  ['error of no request', { type: 'error', code: 'malformed', message: 'not valid JSON' }],
  ['bye', { type: 'bye', reason: 'the node is draining', reconnectAfterMs: 1500 }],
];

export const SAMPLE_FRAMES: readonly SampleFrame[] = [
  ...client.map(([name, frame]) => ({ name, direction: 'client' as const, frame })),
  ...server.map(([name, frame]) => ({ name, direction: 'server' as const, frame })),
];
