import { Ranking } from './ranking.ts';
import { createEntry } from './ranking-entry.ts';

/** Ids of all partitions, in byte order: entries that are equal but for the id. */
export class IdList {
  readonly #ids = new Ranking();

  add(id: string): void {
    this.#ids.add(createEntry(id, 0));
  }

  remove(id: string): void {
    this.#ids.remove(createEntry(id, 0));
  }

  after(after: string | undefined, limit: number): string[] {
    if (after === undefined) return this.#ids.slice(0, limit).map(({ member }) => member);
    const ids = this.#ids.slice(this.#ids.indexOf(createEntry(after, 0)), limit + 1);
    return ids.flatMap(({ member }) => (member === after ? [] : [member])).slice(0, limit);
  }
}

export interface SharedIds {
  readonly boards: IdList;
  readonly products: IdList;
  readonly areas: IdList;
  readonly matches: IdList;
  readonly tournaments: IdList;
}
