import { expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { createIngest } from '../ingest/ingest.ts';
import { DEFAULT_SERVER_LIMITS } from '../limits.ts';
import { createDemoFeed, DEMO_AREAS } from './demo-feed.ts';

it('everything in the demonstration moves, and it waits while the store is away', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: 4 }, { clock, scoring: BUILT_IN_SCORING });
  const deps = { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING };
  const ingest = createIngest(deps, DEFAULT_SERVER_LIMITS);
  const options = { board: 'demo', players: 12, batch: 6, pauseMs: 400 };
  const feed = createDemoFeed({ ...deps, ingest, random: seededRandom(5) }, options);
  const state = async () => ({
    boards: (
      await store.readPages(
        ['demo', 'rps', 'rps-elo'].map((board) => ({ board, offset: 0, limit: 'top' as const })),
      )
    ).map(({ rows }) => rows),
    areas: await store.readAreas(DEMO_AREAS.map((area) => ({ area, limit: 10 }))),
  });
  store.setState('down');
  await feed.start();
  await clock.advance(1000);
  store.setState('up');
  expect((await state()).boards).toEqual([[], [], []]);
  await clock.advance(40_000);
  const before = await state();
  for (const rows of before.boards) expect(rows.length).toBeGreaterThan(1);
  for (const rows of before.boards) expect(rows[0]?.name).toBeDefined();
  for (const modes of before.areas) expect(modes.length).toBeGreaterThan(1);
  expect((await store.readConfigs(['demo']))[0]?.windows).toEqual(['daily']);
  expect((await store.readProducts(['rps']))[0]?.stats).toBe('exrps');
  await clock.advance(40_000);
  const after = await state();
  for (const [i, rows] of before.boards.entries()) expect(after.boards[i]).not.toEqual(rows);
  expect(after.areas).not.toEqual(before.areas);
  await feed.stop();
});
