import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import type { StoreState } from '../store/score-store.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { partitionsAstray, StoreCheck } from './store-check.ts';

describe('a probe', () => {
  it.each([
    ['moves on in the store too', { shown: [5], stored: [5] }, { shown: [7], stored: [8] }, []],
    ['stands still, as owners tell', { shown: [5], stored: [5] }, { shown: [5], stored: [5] }, []],
    ['is told of late', { shown: [5], stored: [7] }, { shown: [6], stored: [7] }, []],
    [
      'stands still where owners write elsewhere',
      { shown: [5], stored: [5] },
      { shown: [7], stored: [5] },
      [0],
    ],
    [
      'was never written where owners write elsewhere',
      { shown: [5], stored: [undefined] },
      { shown: [7], stored: [undefined] },
      [0],
    ],
    [
      'goes back with the clock of its owner',
      { shown: [500], stored: [500] },
      { shown: [500], stored: [7] },
      [],
    ],
    ['is not told of at all', { shown: [undefined], stored: [5] }, { shown: [undefined], stored: [5] }, []],
    ['is one of several', { shown: [5, 6], stored: [5, 6] }, { shown: [8, 9], stored: [8, 6] }, [1]],
  ])('that %s', (_, before, now, astray) => {
    expect(partitionsAstray(before, now)).toEqual(astray);
  });
});

describe('a store', () => {
  const PERIOD_MS = 2500;

  /** Two stores, of which this node reaches one; owners write to the second, and tell of it. */
  async function start() {
    const clock = createFakeClock();
    const stores = [[100], [100]];
    const shown = [100];
    let [reached, state]: [number, StoreState] = [1, 'up'];
    let isRight: ((probes: readonly (number | undefined)[]) => boolean) | undefined;
    const store = {
      partitions: 1,
      get state() {
        return state;
      },
      readProbes: async () => [...(stores[reached] ?? [])],
      doubt: (_: string, right: typeof isRight) => {
        state = 'down';
        isRight = right;
      },
    };
    const check = new StoreCheck(
      { store, clock, logger: silentLogger, shown: () => [...shown] },
      { periodMs: PERIOD_MS },
    );
    await check.start();
    onTestFinished(() => check.stop());
    return {
      check,
      clock,
      store,
      reach: (place: number) => {
        reached = place;
      },
      /** Owners write, and gateways are told. */
      live: async (ms: number) => {
        for (let passed = 0; passed < ms; passed += 500) {
          await clock.advance(500);
          const [, owned] = stores;
          if (owned !== undefined) owned[0] = shown[0] = (shown[0] ?? 0) + 500;
        }
      },
      /** What a store does that is doubted: it looks whether it has found the right one. */
      lookAgain: async () => {
        if (isRight?.(await store.readProbes()) === true) state = 'up';
      },
    };
  }

  it('is left alone while it is that of the owners, and while they write nothing', async () => {
    const { live, clock, store, check } = await start();
    await live(20_000);
    await clock.advance(60_000);
    expect([store.state, check.isAstray]).toEqual(['up', false]);
  });

  it('is doubted within two looks where owners use another, until it is right again', async () => {
    const { live, store, check, reach, lookAgain } = await start();
    await live(10_000);
    reach(0);
    await live(2 * PERIOD_MS + 500);
    expect([store.state, check.isAstray]).toEqual(['down', true]);
    await live(10_000);
    await lookAgain();
    expect(store.state).toBe('down');
    reach(1);
    await lookAgain();
    expect([store.state, check.isAstray]).toEqual(['up', false]);
    await live(20_000);
    expect(store.state).toBe('up');
  });

  it('is not doubted for having been away', async () => {
    const { live, store } = await start();
    const read = store.readProbes;
    await live(PERIOD_MS);
    store.readProbes = () => Promise.reject(new Error('away'));
    await live(3 * PERIOD_MS);
    store.readProbes = read;
    await live(3 * PERIOD_MS);
    expect(store.state).toBe('up');
  });
});
