import { expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { createIngest } from '../ingest/ingest.ts';
import { DEFAULT_SERVER_LIMITS } from '../limits.ts';
import { createDemoCricket, DEMO_MATCH } from './demo-cricket.ts';

const BALL_MS = 100;

function startDemo() {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: 4 }, { clock });
  const deps = { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING };
  const ingest = createIngest(deps, DEFAULT_SERVER_LIMITS);
  const node = (seed: number) =>
    createDemoCricket({ ...deps, ingest, random: seededRandom(seed) }, { ballMs: BALL_MS });
  const standing = async () => (await store.readMatches([DEMO_MATCH]))[0];
  return { clock, store, node, standing };
}

it('a match is played ball by ball to its end, and after a while another one', async () => {
  const { clock, node, standing } = startDemo();
  const demo = node(1);
  await demo.start();
  await clock.advance(50 * BALL_MS);
  const early = await standing();
  expect(early?.document).toMatchObject({ sport: 'cricket', status: 'live' });
  expect(early?.events).toBeGreaterThan(45);
  expect(early?.events).toBeLessThan(60);
  await clock.advance(300 * BALL_MS);
  const end = await standing();
  expect(end?.document.result?.text).toMatch(/won by|tied|No result/);
  await clock.advance(25_000);
  const next = await standing();
  expect(next?.document.status).toBe('live');
  expect(next?.fixture.squads).not.toEqual(end?.fixture.squads);
  await demo.stop();
  const stopped = await standing();
  await clock.advance(60_000);
  expect((await standing())?.events).toBe(stopped?.events);
});

it('of two nodes one plays, and the other one when that is gone', async () => {
  const { clock, node, standing } = startDemo();
  const [one, other] = [node(1), node(2)];
  await one.start();
  await clock.advance(20 * BALL_MS);
  const begun = await standing();
  await other.start();
  await clock.advance(20 * BALL_MS);
  const shared = await standing();
  expect(shared?.fixture).toEqual(begun?.fixture);
  expect(shared?.events).toBeLessThan(50);
  await one.stop();
  await clock.advance(40 * BALL_MS);
  const taken = await standing();
  expect(taken?.fixture).not.toEqual(begun?.fixture);
  expect(taken?.events).toBeGreaterThan(10);
  await other.stop();
});

it('waits while the store is away', async () => {
  const { clock, store, node, standing } = startDemo();
  store.setState('down');
  const demo = node(1);
  await demo.start();
  await clock.advance(2000);
  store.setState('up');
  expect(await standing()).toBeUndefined();
  await clock.advance(30 * BALL_MS);
  expect((await standing())?.events).toBeGreaterThan(20);
  store.setState('down');
  await clock.advance(1000);
  store.setState('up');
  await clock.advance(40 * BALL_MS);
  expect((await standing())?.document.status).toBe('live');
  await demo.stop();
});
