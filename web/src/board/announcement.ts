import type { Standing } from './standings.ts';

/** Milliseconds between two announcements: a listener should hear the race, not every point. */
export const ANNOUNCEMENT_INTERVAL_MS = 10_000;

export interface Announced {
  readonly leader: string;
  readonly at: number;
}

/** What is said aloud: who leads, when that has changed since it was last said and enough time has passed. */
export function nextAnnouncement(
  announced: Announced | undefined,
  standings: readonly Standing[],
  now: number,
): { readonly announced: Announced; readonly leader?: Standing } | undefined {
  const leader = standings[0];
  if (!leader) return undefined;
  // What the page shows when it opens is read from the list; only changes are said.
  if (!announced) return { announced: { leader: leader.member, at: now } };
  if (announced.leader === leader.member || now - announced.at < ANNOUNCEMENT_INTERVAL_MS) return undefined;
  return { announced: { leader: leader.member, at: now }, leader };
}
