import { expect, test } from 'vitest';
import { BEAT_MS, Beats } from './beats.ts';

/** Time that moves to the timer that is set, as often as it is told to. */
function open(startMs = 1000.25) {
  let now = startMs;
  let wakings = 0;
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  const beats = new Beats({
    now: () => now,
    setTimer: (delayMs, action) => {
      const timer = { at: now + delayMs, action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  });
  return {
    beats,
    get now() {
      return now;
    },
    get wakings() {
      return wakings;
    },
    get timers() {
      return timers.size;
    },
    wake: (lateMs = 0) => {
      const timer = [...timers].sort((a, b) => a.at - b.at)[0];
      if (timer === undefined) throw new Error('nothing is due');
      timers.delete(timer);
      now = timer.at + lateMs;
      wakings += 1;
      timer.action();
    },
  };
}

test('what is due about the same time comes in one waking', () => {
  const time = open();
  const calls: string[] = [];
  time.beats.about(BEAT_MS, () => calls.push('first'));
  time.beats.about(BEAT_MS + 40, () => calls.push('second'));
  time.beats.about(2 * BEAT_MS, () => calls.push('later'));
  expect(time.timers).toBe(1);
  time.wake();
  expect(calls).toEqual(['first', 'second']);
  time.wake();
  expect(calls).toEqual(['first', 'second', 'later']);
  expect([time.wakings, time.timers]).toEqual([2, 0]);
});

test.each([-0.6, 0, 3, 90])(
  'who asks again and again is called once a period, though timers are %d ms late',
  (lateMs) => {
    const time = open();
    const periodMs = 4 * BEAT_MS;
    const calledAt: number[] = [];
    const again = (): void => {
      calledAt.push(time.now);
      if (calledAt.length < 20) time.beats.about(periodMs, again);
    };
    time.beats.about(periodMs, again);
    // Another one that makes it wake up at each beat.
    const other = (): void => void time.beats.about(BEAT_MS, other);
    other();
    while (calledAt.length < 20) time.wake(lateMs);
    const between = calledAt.slice(1).map((at, i) => at - (calledAt[i] ?? 0));
    for (const each of between) expect(each).toBeCloseTo(periodMs, 6);
  },
);

test('nothing comes more than half a beat early or late', () => {
  for (const startMs of [1000, 1001, 1124.9, 1125, 1249.5]) {
    for (const delayMs of [BEAT_MS, 300, 374, 376, 3000]) {
      const time = open(startMs);
      let calledAt = 0;
      time.beats.about(delayMs, () => {
        calledAt = time.now;
      });
      time.wake();
      expect(Math.abs(calledAt - startMs - delayMs)).toBeLessThanOrEqual(BEAT_MS / 2);
    }
  }
});

test('what was cancelled does not come, not even by another of the same beat', () => {
  const time = open();
  const calls: string[] = [];
  const ends = [(): void => undefined];
  time.beats.about(BEAT_MS, () => {
    calls.push('first');
    for (const end of ends) end();
  });
  ends.push(time.beats.about(BEAT_MS, () => calls.push('second')));
  time.wake();
  expect(calls).toEqual(['first']);
});

test('an earlier beat is not missed for a later one that was asked for before', () => {
  const time = open();
  const calls: string[] = [];
  time.beats.about(10 * BEAT_MS, () => calls.push('late'));
  time.beats.about(BEAT_MS, () => calls.push('early'));
  time.wake();
  expect(calls).toEqual(['early']);
  time.wake();
  expect(calls).toEqual(['early', 'late']);
});

test('after a standstill everything that fell due comes at once', () => {
  const time = open();
  const calls: string[] = [];
  time.beats.about(BEAT_MS, () => calls.push('first'));
  time.beats.about(4 * BEAT_MS, () => calls.push('second'));
  time.wake(10 * BEAT_MS);
  expect(calls).toEqual(['first', 'second']);
});

test('one that throws takes no other with it', () => {
  const time = open();
  const calls: string[] = [];
  time.beats.about(BEAT_MS, () => {
    throw new Error('a defect');
  });
  time.beats.about(BEAT_MS, () => calls.push('second'));
  expect(() => time.wake()).toThrow('a defect');
  time.wake();
  expect(calls).toEqual(['second']);
});
