import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isWindow, WINDOW_KINDS } from '../protocol/windows.ts';
import { latestEndOf, WINDOW_BOUNDARY_MS, windowAt } from './windows.ts';

// Hundreds of zones over sixteen years take long on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2020, 0, 1);
const UNTIL = Date.UTC(2036, 0, 1);
const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+12', 'Etc/GMT-14'];

const moments = integer({ min: FROM, max: UNTIL });
const zones = constantFrom(...ZONES);
const kinds = constantFrom(...WINDOW_KINDS);

describe('the window of a moment', () => {
  it.each([
    ['daily', '2026-11-21T23:59:59.999Z', 'UTC', 'daily.2026-11-21'],
    ['daily', '2026-11-22T00:00:00.000Z', 'UTC', 'daily.2026-11-22'],
    ['daily', '2026-11-21T22:59:59.999Z', 'Europe/Paris', 'daily.2026-11-21'],
    ['daily', '2026-11-21T23:00:00.000Z', 'Europe/Paris', 'daily.2026-11-22'],
    ['daily', '2026-07-21T22:00:00.000Z', 'Europe/Paris', 'daily.2026-07-22'],
    ['daily', '2026-11-21T18:14:59.999Z', 'Asia/Kathmandu', 'daily.2026-11-21'],
    ['daily', '2026-11-21T18:15:00.000Z', 'Asia/Kathmandu', 'daily.2026-11-22'],
    ['monthly', '2026-12-31T10:00:00.000Z', 'Pacific/Kiritimati', 'monthly.2027-01'],
    ['monthly', '2027-01-01T10:59:59.999Z', 'Pacific/Pago_Pago', 'monthly.2026-12'],
    ['weekly', '2026-11-21T12:00:00.000Z', 'UTC', 'weekly.2026-W47'],
    ['weekly', '2026-11-22T23:59:59.999Z', 'UTC', 'weekly.2026-W47'],
    ['weekly', '2026-11-23T00:00:00.000Z', 'UTC', 'weekly.2026-W48'],
    ['weekly', '2021-01-03T12:00:00.000Z', 'UTC', 'weekly.2020-W53'],
    ['weekly', '2021-01-04T00:00:00.000Z', 'UTC', 'weekly.2021-W01'],
    ['weekly', '2024-12-30T00:00:00.000Z', 'UTC', 'weekly.2025-W01'],
    ['weekly', '2024-12-30T00:00:00.000Z', 'America/New_York', 'weekly.2024-W52'],
    ['weekly', '2027-01-01T00:00:00.000Z', 'UTC', 'weekly.2026-W53'],
    ['weekly', '1970-01-01T00:00:00.000Z', 'America/New_York', 'weekly.1970-W01'],
  ] as const)('%s at %s in %s is %s', (kind, at, timezone, name) => {
    expect(windowAt(kind, Date.parse(at), timezone)).toBe(name);
  });

  it('is a name that the protocol takes', () => {
    assert(property(kinds, moments, zones, (kind, at, timezone) => isWindow(windowAt(kind, at, timezone))));
  });

  it('is what the calendar of the place says, whatever was asked before', () => {
    assert(
      property(moments, zones, (at, timezone) => {
        const date = localDate(at, timezone);
        expect(windowAt('weekly', at, timezone)).toBe(`weekly.${weekOf(date)}`);
        expect(windowAt('daily', at, timezone)).toBe(`daily.${date}`);
        expect(windowAt('monthly', at, timezone)).toBe(`monthly.${date.slice(0, 7)}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('begins at a multiple of a quarter of an hour, in every zone, at midnight and wherever clocks are changed', () => {
    expect(ZONES.length).toBeGreaterThan(400);
    let changes = 0;
    for (const timezone of ZONES) {
      let before = FROM;
      for (let at = FROM; at < UNTIL; at += 28 * DAY_MS) {
        expectMidnightOnBoundary(at, timezone);
        if (offsetAt(at, timezone) !== offsetAt(before, timezone)) {
          changes += 1;
          expectRightAround(changeBetween(before, at, timezone), timezone);
        }
        before = at;
      }
    }
    expect(changes).toBeGreaterThan(1000);
  });

  it('has ended at its latest end, and not long before', () => {
    assert(
      property(kinds, moments, zones, (kind, at, timezone) => {
        expect(windowAt(kind, latestEndOf(kind, at), timezone)).not.toBe(windowAt(kind, at, timezone));
        expect(latestEndOf(kind, at) - at).toBeLessThanOrEqual(32 * DAY_MS);
      }),
    );
    // The longest day of these years: clocks went back by three hours.
    const midnight = Date.parse('2021-03-12T13:00:00Z');
    expect(windowAt('daily', midnight + 26.9 * 3_600_000, 'Antarctica/Casey')).toBe(
      windowAt('daily', midnight, 'Antarctica/Casey'),
    );
    // A date that was there twice, as the island changed its side of the date line.
    const twice = Date.parse('1969-09-30T00:00:00+11:00');
    const island = 'Pacific/Kwajalein';
    const twiceName = windowAt('daily', twice, island);
    expect(windowAt('daily', twice + 36 * 3_600_000, island)).toBe(twiceName);
    expect(windowAt('daily', latestEndOf('daily', twice), island)).not.toBe(twiceName);
  });

  it('is found for more zones than are remembered', () => {
    const spelled = (index: number): string =>
      [...'america/argentina/buenos_aires']
        .map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter))
        .join('');
    for (let index = 0; index < 3000; index++) {
      expect(windowAt('daily', Date.UTC(2026, 10, 21, 2), spelled(index))).toBe('daily.2026-11-20');
    }
  });

  it('does not exist in a zone that nobody knows', () => {
    expect(() => windowAt('daily', FROM, 'Europe/Atlantis')).toThrow(RangeError);
  });
});

/** Of the exact moment, not of its quarter of an hour: where both agree around a boundary, the boundary lies between two quarters. */
function expectRight(at: number, timezone: string): void {
  const date = localDate(at, timezone);
  if (windowAt('daily', at, timezone) !== `daily.${date}`) {
    expect.fail(
      `${new Date(at).toISOString()} in ${timezone} is in ${date}, not in ${windowAt('daily', at, timezone)}`,
    );
  }
}

function expectMidnightOnBoundary(at: number, timezone: string): void {
  const offset = offsetAt(at, timezone);
  if (offset % WINDOW_BOUNDARY_MS !== 0) expect.fail(`${timezone} is ${offset} ms away from UTC`);
}

function expectRightAround(change: number, timezone: string): void {
  const boundary = Math.floor(change / WINDOW_BOUNDARY_MS) * WINDOW_BOUNDARY_MS;
  for (const at of [change, boundary, boundary + WINDOW_BOUNDARY_MS]) {
    expectRight(at - 1, timezone);
    expectRight(at, timezone);
  }
}

/** The first millisecond of the new offset. */
function changeBetween(before: number, after: number, timezone: string): number {
  const old = offsetAt(before, timezone);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timezone) === old) low = middle;
    else high = middle;
  }
  return high;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Such as `2026-11-21 13:05:59`: the way of Sweden. */
function localTime(at: number, timezone: string): string {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    formats.set(timezone, format);
  }
  return format.format(at);
}

function localDate(at: number, timezone: string): string {
  return localTime(at, timezone).slice(0, 10);
}

function offsetAt(at: number, timezone: string): number {
  const second = Math.floor(at / 1000) * 1000;
  return Date.parse(`${localTime(second, timezone).replace(' ', 'T')}Z`) - second;
}

/** By counting Mondays: week 1 is that of 4 January. */
function weekOf(date: string): string {
  const monday = mondayOf(Date.parse(`${date}T00:00:00Z`));
  const year = Number(date.slice(0, 4));
  const owner = [year + 1, year, year - 1].find((each) => firstMonday(each) <= monday) ?? Number.NaN;
  const week = (monday - firstMonday(owner)) / (7 * DAY_MS) + 1;
  return `${owner}-W${String(week).padStart(2, '0')}`;
}

function firstMonday(year: number): number {
  return mondayOf(Date.UTC(year, 0, 4));
}

function mondayOf(at: number): number {
  return at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS;
}
