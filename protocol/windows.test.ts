import { describe, expect, it } from 'vitest';
import { isWindow } from './windows.ts';

describe('a window', () => {
  it.each([
    'daily',
    'weekly',
    'monthly',
    'daily.2024-02-29',
    'daily.2000-02-29',
    'weekly.2026-W53',
    'weekly.2020-W53',
    'monthly.2026-12',
  ])('may be %s', (name) => {
    expect(isWindow(name)).toBe(true);
  });

  it.each([
    '',
    'Daily',
    'hourly',
    'daily.',
    'daily.2026-11',
    'daily.2026-00-10',
    'daily.2026-13-01',
    'daily.2026-11-00',
    'daily.2026-11-31',
    'daily.2026-02-29',
    'daily.1900-02-29',
    'daily.26-11-20',
    'daily.2026-1-2',
    'daily.2026-11-20 ',
    'daily.2026-11-20\n',
    'daily.+026-11-20',
    'daily.２０２６-11-20',
    'weekly.2026-47',
    'weekly.2026-W00',
    'weekly.2026-W54',
    'weekly.2025-W53',
    'weekly.2026-w47',
    'monthly.2026-00',
    'monthly.2026-13',
    'monthly.2026-11-20',
  ])('may not be %j', (name) => {
    expect(isWindow(name)).toBe(false);
  });

  it('has a 53rd week in exactly the years whose 28 December lies in one', () => {
    for (let year = 0; year < 2400; year++) {
      expect(isWindow(`weekly.${pad(year, 4)}-W53`), `year ${year}`).toBe(isoWeekOf(year, 12, 28) === 53);
    }
  });

  it('has the days that the calendar has, in every year', () => {
    for (const year of [0, 1, 4, 99, 100, 400, 1900, 2000, 2023, 2024, 2100, 9999]) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 28; day <= 31; day++) {
          const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
          const inCalendar = new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) ?? false;
          expect(isWindow(`daily.${date}`), date).toBe(inCalendar);
        }
      }
    }
  });
});

/** By the Thursday of the week, as ISO 8601 defines it. */
function isoWeekOf(year: number, month: number, day: number): number {
  const date = new Date(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const firstOfYear = new Date(`${pad(date.getUTCFullYear(), 4)}-01-01T00:00:00Z`);
  return 1 + Math.floor((date.getTime() - firstOfYear.getTime()) / (7 * 86_400_000));
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
