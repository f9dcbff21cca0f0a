import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('the system clock tells Unix milliseconds', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('the system clock calls in order of time, once each, and not what was cancelled', async () => {
  const calls: string[] = [];
  const cancel = systemClock.after(1, () => calls.push('cancelled'));
  cancel();
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(30, resolve);
    systemClock.after(15, () => calls.push('second'));
    const cancelFirst = systemClock.after(1, () => {
      calls.push('first');
      cancelFirst();
    });
    expect(calls).toEqual([]);
  });
  expect(calls).toEqual(['first', 'second']);
});
