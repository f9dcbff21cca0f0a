import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { createTicker, nextMultiple } from './ticker.ts';

test('ticks fall on multiples of the period, whenever it was started', async () => {
  const clock = createFakeClock(1234);
  const ticks: number[] = [];
  const ticker = createTicker({ clock }, { periodMs: 500, onTick: async () => void ticks.push(clock.now()) });
  ticker.start();
  await clock.advance(2000);
  await ticker.stop();
  expect(ticks).toEqual([1500, 2000, 2500, 3000]);
});

test('a tick that takes longer than the period never meets the next, which falls on the multiple after its end', async () => {
  const clock = createFakeClock(0);
  const began: number[] = [];
  const missed: number[] = [];
  let running = 0;
  const ticker = createTicker(
    { clock },
    {
      periodMs: 500,
      onTick: async () => {
        began.push(clock.now());
        running += 1;
        expect(running).toBe(1);
        await new Promise<void>((resolve) => void clock.after(1200, resolve));
        running -= 1;
      },
      onMissed: (ticks) => missed.push(ticks),
    },
  );
  ticker.start();
  await clock.advance(5000);
  expect(began).toEqual([500, 2000, 3500, 5000]);
  expect(missed).toEqual([2, 2, 2]);
  const stopped = ticker.stop();
  await clock.advance(2000);
  await stopped;
  expect(began).toHaveLength(4);
});

test('stopping waits for the running tick and lets no other begin', async () => {
  const clock = createFakeClock(0);
  let began = 0;
  let done = 0;
  const ticker = createTicker(
    { clock },
    {
      periodMs: 100,
      onTick: async () => {
        began += 1;
        await new Promise<void>((resolve) => void clock.after(30, resolve));
        done += 1;
      },
    },
  );
  ticker.start();
  await clock.advance(110);
  const stopped = ticker.stop().then(() => done);
  await clock.advance(1000);
  expect(await stopped).toBe(1);
  expect(began).toBe(1);
  expect(clock.pending).toBe(0);
});

test('a timer that fires a little early ticks once for its multiple', async () => {
  const clock = createFakeClock(0);
  const early = {
    now: clock.now,
    after: (delayMs: number, action: () => void) => clock.after(delayMs > 1 ? delayMs - 1 : delayMs, action),
  };
  const ticks: number[] = [];
  const ticker = createTicker(
    { clock: early },
    { periodMs: 100, onTick: async () => void ticks.push(clock.now()) },
  );
  ticker.start();
  await clock.advance(350);
  await ticker.stop();
  expect(ticks).toEqual([100, 200, 300]);
});

test('ticks go on after the clock was set back', async () => {
  const clock = createFakeClock(1_000_000);
  let offset = 0;
  const ticks: number[] = [];
  const ticker = createTicker(
    { clock: { now: () => clock.now() + offset, after: clock.after } },
    { periodMs: 100, onTick: async () => void ticks.push(clock.now() + offset) },
  );
  ticker.start();
  await clock.advance(200);
  offset = -500_050;
  await clock.advance(200);
  await ticker.stop();
  expect(ticks.length).toBeGreaterThanOrEqual(3);
  expect(ticks.every((tick) => tick % 100 === 0)).toBe(true);
});

test('the next multiple is the first one after now', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 60_000 }), (now, period) => {
      const next = nextMultiple(now, period);
      expect(next % period).toBe(0);
      expect(next).toBeGreaterThan(now);
      expect(next - period).toBeLessThanOrEqual(now);
    }),
  );
});
