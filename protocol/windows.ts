export const WINDOW_KINDS = ['daily', 'weekly', 'monthly'] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

/** Names such as `Europe/Paris` and `UTC`; not offsets, which know nothing of summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const CURRENT: ReadonlySet<string> = new Set(WINDOW_KINDS);
const DAY = /^daily\.(\d{4})-(\d{2})-(\d{2})$/;
const WEEK = /^weekly\.(\d{4})-W(\d{2})$/;
const MONTH = /^monthly\.(\d{4})-(\d{2})$/;

/** One whose time is always now. */
export function isCurrentWindow(name: string): name is WindowKind {
  return CURRENT.has(name);
}

/** `daily`, `weekly`, `monthly` (the current ones) or a fixed one that the calendar has, such as `weekly.2026-W47`. */
export function isWindow(name: string): boolean {
  if (isCurrentWindow(name)) return true;
  const day = DAY.exec(name);
  if (day) return isDay(Number(day[1]), Number(day[2]), Number(day[3]));
  const week = WEEK.exec(name);
  if (week) return isWeek(Number(week[1]), Number(week[2]));
  const month = MONTH.exec(name);
  return month !== null && isMonth(Number(month[2]));
}

function isMonth(month: number): boolean {
  return month >= 1 && month <= 12;
}

function isDay(year: number, month: number, day: number): boolean {
  return isMonth(month) && day >= 1 && day <= new Date(Date.UTC(modern(year), month, 0)).getUTCDate();
}

/** ISO 8601: a year has 53 weeks when it begins on a Thursday, or on a Wednesday in a leap year. */
function isWeek(year: number, week: number): boolean {
  const firstWeekday = new Date(Date.UTC(modern(year), 0, 1)).getUTCDay();
  const leap = new Date(Date.UTC(modern(year), 2, 0)).getUTCDate() === 29;
  const weeks = firstWeekday === 4 || (firstWeekday === 3 && leap) ? 53 : 52;
  return week >= 1 && week <= weeks;
}

/** A year with the same calendar, which repeats every 400 years: `Date.UTC` reads 0 to 99 as 1900 to 1999. */
function modern(year: number): number {
  return 2000 + (year % 400);
}
