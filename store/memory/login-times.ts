import { compareByteOrder } from '../../protocol/names.ts';
import { Ranking } from './ranking.ts';
import { createEntry, type Entry } from './ranking-entry.ts';

/** Who logged in at one time. */
interface Moment {
  /** Its place among the times that somebody has, the oldest first. */
  readonly place: Entry;
  ids: Set<string>;
  /** Whether they stand in byte order. */
  isSorted: boolean;
}

/**
 * Ids by the time of their latest login. What is asked for is who is over, which is rare, so those of one time are put into order only
 * then: very many log in at the same millisecond, since a batch has one time for all.
 */
export class LoginTimes {
  readonly #moments = new Map<number, Moment>();
  readonly #order = new Ranking();

  add(id: string, at: number): void {
    const moment = this.#moments.get(at);
    if (moment !== undefined) {
      moment.ids.add(id);
      moment.isSorted = false;
      return;
    }
    const place = createEntry('', at);
    this.#moments.set(at, { place, ids: new Set([id]), isSorted: true });
    this.#order.add(place);
  }

  /** It must have been added with this time. */
  remove(id: string, at: number): void {
    const moment = this.#moments.get(at);
    if (!moment?.ids.delete(id) || moment.ids.size > 0) return;
    this.#moments.delete(at);
    this.#order.remove(moment.place);
  }

  /** The ids of this time or before, at most so many, the oldest first, among equals in byte order. */
  until(at: number, limit: number): readonly string[] {
    const found: string[] = [];
    // Each time has at least one id.
    for (const { key } of this.#order.slice(0, limit)) {
      const moment = this.#moments.get(key);
      if (moment === undefined || key > at) break;
      if (!moment.isSorted) {
        moment.ids = new Set([...moment.ids].sort(compareByteOrder));
        moment.isSorted = true;
      }
      for (const id of moment.ids) {
        if (found.length === limit) return found;
        found.push(id);
      }
    }
    return found;
  }
}
