import { type BoardFilter, LAST_CONTROL } from '../board-filter.ts';
import type { DirtyNames, NamesSince } from '../score-store.ts';

const LINE_SEPARATOR = 0x0a;
const TIME_WIDTH = 16;
const COUNT_WIDTH = 6;
const HEAD_WIDTH = TIME_WIDTH + COUNT_WIDTH;

/**
 * What lua/include-dirty.lua has written: a line of a time, a number of names and these for each batch. A name that comes again is left to whoever asks for the oldest
 * time of each; only where there may be too many names are they told apart here, as the bound is one of different names.
 */
export function parseDirtyText(partition: number, text: Buffer, maxNames: number): DirtyNames {
  const names = new BatchNames(text);
  if (countNames(text) <= maxNames) return { partition, names };
  const { different, oldest } = summarize(text.toString());
  return different <= maxNames ? { partition, names } : { partition, allSince: oldest, names: new Map() };
}

/** Of the whole text as a string: pieces of that are made several times as fast as one string after the other. Each line begins with its separator. */
function summarize(text: string): { readonly different: number; readonly oldest: number } {
  const names = new Set<string>();
  let oldest = Number.POSITIVE_INFINITY;
  for (const line of text.split('\n').slice(1)) {
    oldest = Math.min(oldest, Number(line.slice(0, TIME_WIDTH)));
    for (const name of line.slice(HEAD_WIDTH + 1).split('\t')) names.add(name);
  }
  return { different: names.size, oldest };
}

/** Those that come again, too. */
function countNames(text: Buffer): number {
  let count = 0;
  for (let line = 0; line >= 0 && line < text.length; line = text.indexOf(LINE_SEPARATOR, line + 1)) {
    const countAt = line + 1 + TIME_WIDTH;
    count += Number(text.toString('latin1', countAt, countAt + COUNT_WIDTH));
  }
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
        since = Number(text.toString('latin1', timeAt, timeAt + TIME_WIDTH));
        to = timeAt + HEAD_WIDTH;
      }
      const from = to + 1;
      const end = watched === undefined ? endOfName(text, from) : watched.endOf(text, from);
      to = end < 0 ? ~end : end;
      if (end >= 0) visit(since, text.toString('utf8', from, to));
    }
  }
}

function endOfName(text: Buffer, from: number): number {
  let to = from;
  while (to < text.length && (text[to] as number) > LAST_CONTROL) to++;
  return to;
}
