import { expect, test } from 'vitest';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { Wakefulness } from './wakefulness.ts';

const STANDSTILL_MS = 1000;

/** Time that passes while no timer runs, as when a process is stopped by a signal. */
function setUp() {
  const clock = createFakeClock();
  let asleepMs = 0;
  const own = { ...clock, now: () => clock.now() + asleepMs };
  const wakefulness = new Wakefulness(own, STANDSTILL_MS);
  const sleep = (ms: number): void => {
    asleepMs += ms;
  };
  return { now: own.now, sleep, wakefulness };
}

test('who beats often enough is awake', () => {
  const { sleep, wakefulness } = setUp();
  for (let i = 0; i < 10; i++) {
    sleep(STANDSTILL_MS - 1);
    expect(wakefulness.isAwake).toBe(true);
    wakefulness.beat();
  }
});

test.each(['asked first', 'beaten first'])(
  'after a standstill nothing counts until an answer to what was asked after it, %s',
  (order) => {
    const { now, sleep, wakefulness } = setUp();
    const askedBefore = now();
    sleep(STANDSTILL_MS);
    if (order === 'asked first') expect(wakefulness.isAwake).toBe(false);
    wakefulness.beat();
    expect(wakefulness.isAwake).toBe(false);
    wakefulness.settle(askedBefore);
    expect(wakefulness.isAwake).toBe(false);
    wakefulness.settle(now());
    expect(wakefulness.isAwake).toBe(true);
  },
);

test('an answer to what was asked between two standstills does not end the second', () => {
  const { now, sleep, wakefulness } = setUp();
  sleep(5000);
  wakefulness.beat();
  const asked = now();
  sleep(5000);
  wakefulness.beat();
  wakefulness.settle(asked);
  expect(wakefulness.isAwake).toBe(false);
});

test('a clock that is set back puts nobody to sleep', () => {
  const { sleep, wakefulness } = setUp();
  sleep(-100_000);
  expect(wakefulness.isAwake).toBe(true);
});
