import type { LogEntry, LogPage } from '../store/score-store.ts';
import type { Reached } from './archive.ts';

/** What a page of a partition's log means for who has archived so much of it. */
export type Finding =
  /** These steps come next; none: everything is archived. */
  | { readonly found: 'next'; readonly entries: readonly LogEntry[] }
  /** What comes next is gone, up to a position. */
  | { readonly found: 'gap'; readonly to: number }
  /** The store does not have what was archived last: it has lost or restored data. */
  | { readonly found: 'fork' };

/** From here a page has to be read, so that it begins with the step that was archived last, by which its log is recognised. */
export function readFrom({ position }: Reached): number {
  return Math.max(0, position - 1);
}

export function checkPage({ entries, trimmedTo, position }: LogPage, reached: Reached): Finding {
  if (position < reached.position) return { found: 'fork' };
  if (trimmedTo > reached.position) return { found: 'gap', to: trimmedTo };
  const [first] = entries;
  const isLastKept = reached.position > 0 && trimmedTo < reached.position;
  if (isLastKept && reached.at !== undefined) {
    const isSame = first?.to === reached.position && first.at === reached.at;
    if (!isSame) return { found: 'fork' };
  }
  return follow(
    entries.filter(({ to }) => to > reached.position),
    reached.position,
  );
}

/** Steps without a hole; what comes after one is seen next time. */
function follow(entries: readonly LogEntry[], position: number): Finding {
  const [first] = entries;
  if (first === undefined) return { found: 'next', entries };
  if (first.from > position) return { found: 'gap', to: first.from };
  if (first.from < position) return { found: 'fork' };
  let end = 1;
  while (end < entries.length && entries[end]?.from === entries[end - 1]?.to) end++;
  return { found: 'next', entries: entries.slice(0, end) };
}
