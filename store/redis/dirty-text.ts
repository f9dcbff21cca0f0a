import type { BoardFilter } from '../board-filter.ts';
import type { DirtyNames, NamesSince } from '../score-store.ts';

const LINE_SEPARATOR = 0x0a;
const NAME_SEPARATOR = 0x09;
const TIME_WIDTH = 16;

/**
 * What lua/include-dirty.lua has written: a line of a time and names for each batch. A name that comes again is left to whoever asks for the oldest
 * time of each; only where there may be too many names are they told apart here, as the bound is one of different names.
 */
export function parseDirtyText(partition: number, text: Buffer, maxNames: number): DirtyNames {
  const names = new BatchNames(text);
  if (countSeparators(text) <= maxNames) return { partition, names };
  const { different, oldest } = summarize(text.toString());
  return different <= maxNames ? { partition, names } : { partition, allSince: oldest, names: new Map() };
}

/** Of the whole text as a string: pieces of that are made several times as fast as one string after the other. Each line begins with its separator. */
function summarize(text: string): { readonly different: number; readonly oldest: number } {
  const names = new Set<string>();
  let oldest = Number.POSITIVE_INFINITY;
  for (const line of text.split('\n').slice(1)) {
    oldest = Math.min(oldest, Number(line.slice(0, TIME_WIDTH)));
    for (const name of line.slice(TIME_WIDTH + 1).split('\t')) names.add(name);
  }
  return { different: names.size, oldest };
}

/** One stands before each name. */
function countSeparators(text: Buffer): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text[i] === NAME_SEPARATOR) count++;
  return count;
}

/** Strings are made of those names only that somebody may care about: hardly any of very many. */
class BatchNames implements NamesSince {
  readonly #text: Buffer;

  constructor(text: Buffer) {
    this.#text = text;
  }

  forEach(visit: (since: number, name: string) => void, watched?: BoardFilter): void {
    const text = this.#text;
    let since = 0;
    let to = 0;
    while (to < text.length) {
      if (text[to] === LINE_SEPARATOR) {
        const timeAt = to + 1;
        to = timeAt + TIME_WIDTH;
        since = Number(text.toString('latin1', timeAt, to));
      }
      const from = to + 1;
      to = endOfName(text, from);
      if (watched === undefined || watched.mayHave(text, from, to))
        visit(since, text.toString('utf8', from, to));
    }
  }
}

/** Separators are the only control characters. */
function endOfName(text: Buffer, from: number): number {
  let to = from;
  while (to < text.length && (text[to] as number) > LINE_SEPARATOR) to++;
  return to;
}
