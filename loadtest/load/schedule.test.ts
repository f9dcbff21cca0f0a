import { describe, expect, it } from 'vitest';
import { Schedule } from './schedule.ts';

const takeAll = (schedule: Schedule, now: number): number[] => {
  const times: number[] = [];
  for (let due = schedule.take(now); due !== undefined; due = schedule.take(now)) times.push(due);
  return times;
};

describe('a schedule', () => {
  it('has its times from the beginning, evenly', () => {
    const schedule = new Schedule({ startAt: 1000, perSecond: 4, seconds: 2 });
    expect(takeAll(schedule, 1000)).toEqual([1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750]);
    expect([...schedule.missed()]).toEqual([]);
  });

  it('does not move what is due because somebody comes late', () => {
    const schedule = new Schedule({ startAt: 1000, perSecond: 4, seconds: 1 });
    expect(schedule.take(1900)).toBe(1000);
    expect(schedule.take(1900)).toBe(1250);
  });

  it('tells of what nobody came for how long it waited', () => {
    const schedule = new Schedule({ startAt: 1000, perSecond: 4, seconds: 1 });
    schedule.take(1000);
    expect(schedule.take(2000)).toBeUndefined();
    expect([...schedule.missed()]).toEqual([750, 500, 250]);
  });

  it('misses nothing where there was nothing more to send', () => {
    const schedule = new Schedule({ startAt: 1000, perSecond: 4, seconds: 1 });
    schedule.take(1000);
    schedule.finish();
    expect(schedule.take(1000)).toBeUndefined();
    expect([...schedule.missed()]).toEqual([]);
  });
});
