import type { BoardConfig } from '../../protocol/boards.ts';
import type { RatedBoard } from './rated-state.ts';

/** The scores of some members of a board and of its windows, which are named as boards are. */
export interface MemberScores {
  readonly keys: readonly string[];
  readonly members: readonly string[];
}

const MAX_SCORES = 65_536;
const MAX_ORDERS = 10_000;

/**
 * Scores as this engine last saw them. They may have changed since: results that are computed from them are applied only where they are still so.
 * Most are, since a board is mostly written by one node at a time, and each batch then costs one call instead of two.
 */
export class KnownScores {
  /** NaN: not on the board. */
  readonly #scores = new Map<string, number>();
  readonly #orders = new Map<string, BoardConfig['order']>();

  /** `undefined` where any of it is not known. */
  find({ keys, members }: MemberScores): RatedBoard | undefined {
    const [board = ''] = keys;
    const order = this.#orders.get(board);
    if (order === undefined) return undefined;
    const levels: Float64Array[] = [];
    for (const key of keys) {
      const scores = new Float64Array(members.length);
      for (const [place, member] of members.entries()) {
        const score = this.#scores.get(fieldOf(key, member));
        if (score === undefined) return undefined;
        scores[place] = score;
      }
      levels.push(scores);
    }
    return { order, levels };
  }

  keep({ keys, members }: MemberScores, { order, levels }: RatedBoard): void {
    for (const [depth, key] of keys.entries()) {
      if (depth === 0) keepLatest(this.#orders, key, order, MAX_ORDERS);
      for (const [place, member] of members.entries()) {
        keepLatest(this.#scores, fieldOf(key, member), levels[depth]?.[place] ?? Number.NaN, MAX_SCORES);
      }
    }
  }
}

/** No id and no text has a line break in it. */
function fieldOf(key: string, member: string): string {
  return `${key}\n${member}`;
}

function keepLatest<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
