import type { ScoreEvent } from '../../protocol/events.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { EventSource } from '../scenario.ts';

export interface ScoreSourceOptions {
  readonly seed: number;
  readonly boards: readonly string[];
  /** Of each board. */
  readonly members: number;
  /** Characters that the name of a member has at least. */
  readonly nameLength?: number;
}

/** `m0`, `m1`, ..., as long as wanted. */
export function memberName(index: number, nameLength = 0): string {
  return `m${index}`.padEnd(nameLength, '.');
}

const MOST = 9;

/** Deltas of one to nine for anybody on any of the boards; the same seed gives the same ones. */
export class ScoreSource implements EventSource {
  readonly #random: () => number;
  readonly #options: ScoreSourceOptions;

  constructor(options: ScoreSourceOptions) {
    this.#random = seededRandom(options.seed);
    this.#options = options;
  }

  next(count: number): readonly ScoreEvent[] {
    return Array.from({ length: count }, () => this.#draw());
  }

  #draw(): ScoreEvent {
    const { boards, members, nameLength } = this.#options;
    return {
      type: 'score',
      board: boards[this.#below(boards.length)] ?? '',
      member: memberName(this.#below(members), nameLength),
      delta: 1 + this.#below(MOST),
    };
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }
}

/** So many sources whose events differ. */
export function scoreSources(count: number, options: ScoreSourceOptions): readonly ScoreSource[] {
  return Array.from(
    { length: count },
    (_, index) => new ScoreSource({ ...options, seed: options.seed * 7919 + index }),
  );
}
