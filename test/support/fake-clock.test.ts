import { expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

test('a fake clock runs what is due in order of time and creation, each at its own time', async () => {
  const clock = createFakeClock(1000);
  const calls: [string, number][] = [];
  const call = (name: string) => () => calls.push([name, clock.now()]);
  clock.after(30, call('c'));
  clock.after(10, call('a1'));
  clock.after(10, call('a2'));
  clock.after(31, call('d'));
  const cancel = clock.after(20, call('cancelled'));
  cancel();
  cancel();
  await clock.advance(30);
  expect(calls).toEqual([
    ['a1', 1010],
    ['a2', 1010],
    ['c', 1030],
  ]);
  expect(clock.now()).toBe(1030);
  expect(clock.pending).toBe(1);
});

test('a fake clock runs timers that timers and their promises create, as far as they fall due', async () => {
  const clock = createFakeClock(0);
  const times: number[] = [];
  const tick = async (): Promise<void> => {
    times.push(clock.now());
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    clock.after(10, tick);
  };
  clock.after(10, tick);
  await clock.advance(45);
  expect(times).toEqual([10, 20, 30, 40]);
});

test('a fake clock stands still while it settles', async () => {
  const clock = createFakeClock(7);
  const calls: string[] = [];
  clock.after(0, () => calls.push('timer'));
  void Promise.resolve().then(() => calls.push('promise'));
  await clock.settle();
  expect([calls, clock.now()]).toEqual([['promise'], 7]);
  await clock.advance(0);
  expect(calls).toEqual(['promise', 'timer']);
});

test('a fake clock tells what a timer throws', async () => {
  const clock = createFakeClock();
  clock.after(1, () => {
    throw new Error('a broken timer');
  });
  await expect(clock.advance(1)).rejects.toThrow('a broken timer');
});
