import type { Rows } from '../protocol/views.ts';
import { DIRTY_PROBE } from '../store/probe.ts';
import type { DirtyNames } from '../store/score-store.ts';
import type { PublishedViews, WatchedView } from './published-views.ts';

const BOARD = 'board:';
const PLAYERS = 'players:';
const MATCH = 'match:';
const TOURNAMENT = 'tournament:';
const PROFILE = 'profile:';
const FEED = ':feed';

/**
 * Calls `mark` for each watched channel whose state the taken names may have changed, with the acceptance time of the
 * oldest change. Names that nobody watches end here, before anything is read. The work is bounded by the names taken and,
 * where profiles are among them, by one pass over the rows of all watched boards. Returns the partitions whose probes are among them.
 */
export function markDirtyChannels(
  taken: readonly DirtyNames[],
  views: PublishedViews,
  mark: (channel: string, since: number) => void,
): ReadonlySet<number> {
  const probed = new Set<number>();
  const widely = new Map<number, WideChange>();
  for (const { partition, allSince, names } of taken) {
    const profiles = new Map<string, number>();
    names.forEach((since, name) => {
      if (name.startsWith(BOARD)) {
        for (const channel of views.ofBoard(name)) mark(channel, since);
      } else if (name.startsWith(PLAYERS)) {
        for (const channel of views.ofProduct(name.slice(PLAYERS.length))) mark(channel, since);
      } else if (name === DIRTY_PROBE) {
        probed.add(partition);
      } else if (name.startsWith(TOURNAMENT)) {
        for (const channel of views.ofTournament(name.slice(TOURNAMENT.length))) mark(channel, since);
      } else if (name.startsWith(PROFILE)) {
        const member = name.slice(PROFILE.length);
        profiles.set(member, Math.min(since, profiles.get(member) ?? since));
      } else {
        // Areas and matches are named as their channels are; a match has two.
        if (views.get(name) !== undefined) mark(name, since);
        if (name.startsWith(MATCH) && views.get(name + FEED) !== undefined) mark(name + FEED, since);
      }
    }, views.boards);
    if (allSince !== undefined) probed.add(partition);
    if (allSince !== undefined || profiles.size > 0) widely.set(partition, { allSince, profiles });
  }
  if (widely.size === 0) return probed;
  for (const view of views.all()) {
    const change = widely.get(view.partition);
    if (change?.allSince !== undefined) mark(view.name, change.allSince);
    const since = change && oldestShown(view, change.profiles);
    if (since !== undefined) mark(view.name, since);
  }
  return probed;
}

/** What may be in any view of a partition. */
interface WideChange {
  readonly allSince: number | undefined;
  readonly profiles: ReadonlyMap<string, number>;
}

/** The oldest of the changed profiles that the channel shows, or may show where its rows are still being read. */
function oldestShown(view: WatchedView, profiles: ReadonlyMap<string, number>): number | undefined {
  if (profiles.size === 0 || view.channel.type !== 'board') return undefined;
  const shown = view.phase === 'pending' ? profiles.keys() : (view.state as Rows).map(([member]) => member);
  let oldest: number | undefined;
  for (const member of shown) {
    const since = profiles.get(member as string);
    if (since !== undefined && (oldest === undefined || since < oldest)) oldest = since;
  }
  return oldest;
}
