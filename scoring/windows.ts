import type { WindowKind } from '../protocol/windows.ts';

/** The longest that a window can last, summer time included. */
const LONGEST_MS: Readonly<Record<WindowKind, number>> = {
  daily: 25 * 3_600_000,
  weekly: (7 * 24 + 1) * 3_600_000,
  monthly: (31 * 24 + 1) * 3_600_000,
};

/** The fixed name, such as `weekly.2026-W47` (ISO 8601), of the window that a moment belongs to in an IANA time zone. */
export function windowAt(kind: WindowKind, atMs: number, timezone: string): string {
  throw new Error(`not yet: ${kind} ${atMs} ${timezone}`);
}

/** A moment at which the window that `atMs` belongs to has certainly ended. */
export function latestEndOf(kind: WindowKind, atMs: number): number {
  return atMs + LONGEST_MS[kind];
}
