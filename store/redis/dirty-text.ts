import type { DirtyNames, NamesSince } from '../score-store.ts';

const LINE_SEPARATOR = '\n';
const NAME_SEPARATOR = '\t';
const TIME_WIDTH = 16;

/**
 * What lua/include-dirty.lua has written: a line of a time and names for each batch. A name that comes again is left to whoever asks for the oldest
 * time of each; only where there may be too many names are they told apart here, as the bound is one of different names.
 */
export function parseDirtyText(partition: number, text: string, maxNames: number): DirtyNames {
  const batches = splitBatches(text);
  let count = 0;
  for (const { names } of batches) count += names.length;
  if (count <= maxNames) return { partition, names: new BatchNames(batches) };
  const names = new Map<string, number>();
  let oldest = Number.POSITIVE_INFINITY;
  for (const { since, names: some } of batches) {
    oldest = Math.min(oldest, since);
    for (const name of some) {
      const known = names.get(name);
      if (known === undefined || since < known) names.set(name, since);
    }
  }
  return names.size <= maxNames ? { partition, names } : { partition, allSince: oldest, names: new Map() };
}

interface Batch {
  readonly since: number;
  readonly names: readonly string[];
}

/** Each line begins with the separator, so nothing stands before the first. */
function splitBatches(text: string): readonly Batch[] {
  return text
    .split(LINE_SEPARATOR)
    .slice(1)
    .map((line) => ({
      since: Number(line.slice(0, TIME_WIDTH)),
      names: line.slice(TIME_WIDTH + 1).split(NAME_SEPARATOR),
    }));
}

/** Without a table of them: hardly any of very many names is ever looked at again. */
class BatchNames implements NamesSince {
  readonly #batches: readonly Batch[];

  constructor(batches: readonly Batch[]) {
    this.#batches = batches;
  }

  forEach(visit: (since: number, name: string) => void): void {
    for (const { since, names } of this.#batches) for (const name of names) visit(since, name);
  }
}
