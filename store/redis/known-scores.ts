import type { BoardConfig } from '../../protocol/boards.ts';
import type { RatedBoard } from './rated-state.ts';

/** The scores of some members of a board and of its windows, which are named as boards are. */
export interface MemberScores {
  readonly keys: readonly string[];
  readonly members: readonly string[];
}

interface KnownBoard {
  order: BoardConfig['order'];
  /** NaN: not on the board. */
  readonly scores: Map<string, number>;
}

const MAX_SCORES = 250_000;

/**
 * Scores as this engine last saw them. They may have changed since: results that are computed from them are applied only where they are still so.
 * Most are, since a board is mostly written by one node at a time, and each batch then costs one call instead of two.
 */
export class KnownScores {
  /** Boards and windows, the one that was kept longest ago in front. */
  readonly #boards = new Map<string, KnownBoard>();
  readonly #maxScores: number;
  #count = 0;

  constructor(maxScores = MAX_SCORES) {
    this.#maxScores = maxScores;
  }

  /** `undefined` where any of it is not known. */
  find({ keys, members }: MemberScores): RatedBoard | undefined {
    const levels: Float64Array[] = [];
    for (const key of keys) {
      const known = this.#boards.get(key)?.scores;
      if (known === undefined) return undefined;
      const scores = new Float64Array(members.length);
      for (const [place, member] of members.entries()) {
        const score = known.get(member);
        if (score === undefined) return undefined;
        scores[place] = score;
      }
      levels.push(scores);
    }
    const order = this.#boards.get(keys[0] ?? '')?.order;
    return order && { order, levels };
  }

  /** Of one board, by member; those that are not in it are not known. */
  of(key: string): ReadonlyMap<string, number> | undefined {
    return this.#boards.get(key)?.scores;
  }

  /** Of members of a board that is known. */
  change(key: string, members: Iterable<string>, scores: readonly number[]): void {
    const board = this.#boards.get(key);
    if (board === undefined) return;
    this.#boards.delete(key);
    this.#boards.set(key, board);
    let place = 0;
    for (const member of members) board.scores.set(member, scores[place++] ?? Number.NaN);
  }

  keep({ keys, members }: MemberScores, { order, levels }: RatedBoard): void {
    for (const [depth, key] of keys.entries()) {
      const board = this.#boards.get(key) ?? { order, scores: new Map<string, number>() };
      board.order = order;
      this.#boards.delete(key);
      this.#boards.set(key, board);
      this.#count -= board.scores.size;
      for (const [place, member] of members.entries()) {
        board.scores.set(member, levels[depth]?.[place] ?? Number.NaN);
      }
      this.#count += board.scores.size;
    }
    while (this.#count > this.#maxScores) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#boards;
    if (oldest === undefined) return;
    const [key, { scores }] = oldest;
    this.#boards.delete(key);
    this.#count -= scores.size;
  }
}
