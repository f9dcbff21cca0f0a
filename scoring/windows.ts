import type { WindowKind } from '../protocol/windows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Every window of every time zone begins at a multiple of this. */
export const WINDOW_BOUNDARY_MS = HOUR_MS / 4;

/** A country that changes its side of the date line can have the same date twice; everything else, such as summer time, is less. */
const LONGEST_MS: Readonly<Record<WindowKind, number>> = {
  daily: 2 * DAY_MS,
  weekly: 8 * DAY_MS,
  monthly: 32 * DAY_MS,
};

/** More than there are names of time zones, but any spelling of their letters is one (`europe/paris`). */
const MAX_REMEMBERED_ZONES = 1024;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  quarter: number;
  names: Readonly<Record<WindowKind, string>>;
}

/** With the names of the quarter of an hour that was asked for last: nearly always it is the current one, for every event. */
const zones = new Map<string, Zone>();

/**
 * The fixed name, such as `weekly.2026-W47` (ISO 8601), of the window that a moment belongs to in an IANA time zone. It is that of the
 * beginning of the moment's quarter of an hour, so that events of one quarter never belong to different windows.
 */
export function windowAt(kind: WindowKind, atMs: number, timezone: string): string {
  const quarter = Math.floor(atMs / WINDOW_BOUNDARY_MS);
  const known = zones.get(timezone);
  if (known?.quarter === quarter) return known.names[kind];
  const zone = known ?? addZone(timezone);
  zone.names = namesOf(zone.format, quarter * WINDOW_BOUNDARY_MS);
  zone.quarter = quarter;
  return zone.names[kind];
}

/** A moment at which the window that `atMs` belongs to has certainly ended. */
export function latestEndOf(kind: WindowKind, atMs: number): number {
  return atMs + LONGEST_MS[kind];
}

function addZone(timezone: string): Zone {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: timezone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const [oldest] = zones.keys();
  if (oldest !== undefined && zones.size >= MAX_REMEMBERED_ZONES) zones.delete(oldest);
  const zone: Zone = { format, quarter: Number.NaN, names: { daily: '', weekly: '', monthly: '' } };
  zones.set(timezone, zone);
  return zone;
}

function namesOf(format: Intl.DateTimeFormat, atMs: number): Readonly<Record<WindowKind, string>> {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = value;
  const { year = '', month = '', day = '' } = parts;
  const monthName = `${padded(year, 4)}-${padded(month, 2)}`;
  return {
    daily: `daily.${monthName}-${padded(day, 2)}`,
    weekly: `weekly.${isoWeek(Number(year), Number(month), Number(day))}`,
    monthly: `monthly.${monthName}`,
  };
}

/** A week begins on Monday and belongs to the year that its Thursday is in. */
function isoWeek(year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(year, month - 1, day));
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  date.setUTCDate(day - sinceMonday + 3);
  const thursdayYear = date.getUTCFullYear();
  const week = 1 + Math.floor((date.getTime() - Date.UTC(thursdayYear, 0, 1)) / (7 * DAY_MS));
  return `${padded(String(thursdayYear), 4)}-W${padded(String(week), 2)}`;
}

function padded(digits: string, length: number): string {
  return digits.padStart(length, '0');
}
