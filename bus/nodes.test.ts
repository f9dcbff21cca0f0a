import { expect, test } from 'vitest';
import type { NodeQuestion, NodeReport } from '../protocol/node-reports.ts';
import { silentLogger } from '../runtime/logger.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { createInProcessBus } from './in-process-bus.ts';
import { TOPICS } from './messages.ts';
import { ANSWER_TIMEOUT_MS, CALL_MS, LOOK_MS, Nodes, REPORT_PERIOD_MS, SILENT_AFTER_MS } from './nodes.ts';

function reportOf(name: string, at: number): NodeReport {
  const healthy = { draining: false, problems: [], storeUp: true, busUp: true };
  return { name, role: 'server', at, startedAt: 0, ...healthy, memoryBytes: 1, cpuMs: 1 };
}

async function startTwo() {
  const clock = createFakeClock(1000);
  const bus = createInProcessBus({ clock });
  const asked: [string, NodeQuestion][] = [];
  let ids = 0;
  const create = (name: string): Nodes =>
    new Nodes(name, {
      ...{ bus: bus.endpoint(name), clock, logger: silentLogger },
      report: () => reportOf(name, clock.now()),
      answer: (question) => {
        asked.push([name, question]);
        return question.ask === 'channels' ? [] : true;
      },
      randomId: () => String(++ids),
    });
  const [a, b] = [create('a'), create('b')];
  await Promise.all([a.start(), b.start()]);
  const looked = Promise.all([a.look(), b.look()]);
  await clock.advance(CALL_MS);
  await looked;
  return { clock, bus, a, b, asked };
}

const namesOf = (nodes: Nodes): readonly string[] => nodes.list().map(({ name }) => name);

test('processes hear of each other, and of who leaves or falls silent', async () => {
  const { clock, bus, a, b } = await startTwo();
  expect([namesOf(a), namesOf(b)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  bus.endpoint('b').setState('down');
  await clock.advance(SILENT_AFTER_MS + REPORT_PERIOD_MS);
  expect([namesOf(a), namesOf(b)]).toEqual([['a'], ['b']]);
  bus.endpoint('b').setState('up');
  await clock.advance(REPORT_PERIOD_MS);
  expect(namesOf(a)).toEqual(['a', 'b']);
  await b.stop();
  await clock.advance(1);
  expect(namesOf(a)).toEqual(['a']);
});

test('one is asked through another, itself at once, and nobody waits for ever', async () => {
  const { clock, a, asked } = await startTwo();
  const drained = a.ask('b', { ask: 'drain' });
  await clock.advance(1);
  expect(await drained).toBe(true);
  expect(await a.ask('a', { ask: 'channels', limit: 5 })).toEqual([]);
  expect(asked).toEqual([
    ['b', { ask: 'drain' }],
    ['a', { ask: 'channels', limit: 5 }],
  ]);
  const lost = a.ask('c', { ask: 'drain' });
  await clock.advance(ANSWER_TIMEOUT_MS);
  expect(await lost).toBeUndefined();
});

test('nobody is listened to while nobody looks, and all tell at once when somebody does', async () => {
  const { clock, bus, a } = await startTwo();
  let heard = 0;
  bus.subscribe(TOPICS.nodes, () => heard++);
  await clock.advance(LOOK_MS + 2 * REPORT_PERIOD_MS);
  expect(namesOf(a)).toEqual(['a']);
  heard = 0;
  void a.look();
  await clock.advance(1);
  expect([heard, namesOf(a)]).toEqual([2, ['a', 'b']]);
});
