import { Ranking } from './ranking.ts';
import type { Entry } from './ranking-entry.ts';

/** Ids of all partitions, in byte order. */
export class IdList {
  readonly #ids = new Ranking();

  add(id: string): void {
    this.#ids.add(entryOf(id));
  }

  remove(id: string): void {
    this.#ids.remove(entryOf(id));
  }

  after(after: string | undefined, limit: number): string[] {
    if (after === undefined) return this.#ids.slice(0, limit).map(({ member }) => member);
    const ids = this.#ids.slice(this.#ids.indexOf(entryOf(after)), limit + 1);
    return ids.flatMap(({ member }) => (member === after ? [] : [member])).slice(0, limit);
  }
}

export interface SharedIds {
  readonly boards: IdList;
  readonly products: IdList;
  readonly areas: IdList;
  readonly matches: IdList;
}

/** All equal but for the id, so that a ranking of them is in byte order of the ids. */
function entryOf(id: string): Entry {
  return { member: id, key: 0, arrival: 0 };
}
