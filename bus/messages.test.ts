import { expect, test } from 'vitest';
import { type BusMessage, decodeBusMessage, encodeBusMessage, TOPICS } from './messages.ts';

const MESSAGES: { readonly [Type in BusMessage['type']]: Extract<BusMessage, { type: Type }> } = {
  patch: {
    type: 'patch',
    channel: 'board:a:b',
    fence: 2 ** 53 - 1,
    epoch: '7-00ff',
    seq: 12,
    at: 1_795_219_200_123,
    patch: [
      [0, 1],
      [3, 0, ['__proto__', 0.1 + 0.2], ['Зоя 🏏', -5e-324, 'Zoë']],
    ],
  },
  view: {
    type: 'view',
    channel: 'match:1',
    fence: 1,
    epoch: 'e',
    seq: 0,
    at: 0,
    kind: 'document',
    state: { id: '1', batting: { ['__proto__']: { runs: 4 } }, teams: ['a', 'b'] },
  },
  refusal: { type: 'refusal', channel: 'match:2', fence: 1, code: 'not_found', message: 'no such match' },
  watch: { type: 'watch', gateway: 'g1', channels: [['board:a'], ['board:b', 'e', 4]] },
  'probe-watch': { type: 'probe-watch', gateway: 'g1' },
  probes: { type: 'probes', probes: [[3, 2 ** 41, 1_795_219_200_123]] },
  heartbeat: {
    type: 'heartbeat',
    owner: 'o',
    leases: [
      [0, 3],
      [15, 2 ** 41],
    ],
    fresh: false,
  },
  ask: {
    ...{ type: 'ask', id: 7, asker: 'n1-0', tournament: 'ipl', question: 'page' },
    ask: { league: 'all', offset: 3, limit: 10 },
  },
  answer: {
    type: 'answer',
    id: 7,
    answer: { league: 'all', total: 4, rows: [{ rank: 4, team: '🏏', score: 0.000001 }] },
  },
  member: { type: 'member', name: 'o', standing: 'stays', able: true, freed: [3] },
  node: {
    type: 'node',
    report: {
      ...{ name: 'n', role: 'broadcaster', at: 2, startedAt: 1, draining: false, problems: ['none'] },
      ...{ storeUp: true, busUp: true, memoryBytes: 3, cpuMs: 4 },
      broadcaster: {
        ...{ partitions: [0, 3], fresh: true, watchedChannels: 1, patches: 2, missedTicks: 0 },
        tickMs: { p50: 0.5, p99: 2.25 },
      },
    },
  },
  call: { type: 'call' },
  left: { type: 'left', name: 'n' },
  question: { type: 'question', id: '1', from: 'n', question: { ask: 'disconnect', connection: 'c' } },
  'node-answer': { type: 'node-answer', id: '1', answer: false },
};

test.each(Object.values(MESSAGES))('a $type message arrives as it was sent', (message) => {
  expect(decodeBusMessage(encodeBusMessage(message))).toEqual(message);
});

test('no two kinds of topics meet, whatever the names are', () => {
  const topics = [
    TOPICS.channel('watch.1'),
    TOPICS.channel('owners'),
    TOPICS.watch(1),
    TOPICS.inbox('1'),
    TOPICS.answers('1'),
    TOPICS.ask(1),
    TOPICS.inbox('watch.1'),
    TOPICS.owners,
    TOPICS.broadcasters,
    TOPICS.nodes,
    TOPICS.nodeCalls,
    TOPICS.node('1'),
  ];
  expect(new Set(topics).size).toBe(topics.length);
});
