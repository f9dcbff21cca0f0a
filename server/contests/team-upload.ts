import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_LINE_BYTES } from '../../contest/limits.ts';
import { packLines } from '../../contest/pack-lines.ts';
import type { Refusal } from '../../contest/refusal.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import { LineBlocks } from './line-blocks.ts';

/** Rejected lines that are told; further ones are counted. */
export const MAX_TOLD_REJECTIONS = 1000;
const NEWLINE = 10;
const NOTHING_TO_TAKE = { ok: true } as const;

export interface UploadDeps {
  readonly store: Pick<ScoreStore, 'addTeams'>;
  readonly clock: Clock;
}

export interface UploadTarget {
  readonly tournament: string;
  /** Who may be on cards; anybody where they are not named. */
  readonly players: readonly string[] | undefined;
}

export interface RejectedLine extends Refusal {
  /** From 1. */
  readonly line: number;
}

/**
 * Teams, a line each, on their way to the store: block by block, and the next one waits until the store has taken the one before. So an upload of any
 * length takes the memory of some blocks, and sending it again from anywhere does no harm, since of a team the latest line counts.
 */
export class TeamUpload {
  readonly #deps: UploadDeps;
  readonly #target: UploadTarget;
  readonly #rejected: RejectedLine[] = [];
  #lines = 0;
  #accepted = 0;
  #rejections = 0;

  constructor(deps: UploadDeps, target: UploadTarget) {
    this.#deps = deps;
    this.#target = target;
  }

  /** Lines that are in the store or rejected. */
  get lines(): number {
    return this.#lines;
  }

  get result() {
    return {
      lines: this.#lines,
      accepted: this.#accepted,
      rejected: this.#rejected,
      omitted: this.#rejections - this.#rejected.length,
    };
  }

  /** Gives why no more is taken, if so; what was taken before stands. Throws what the pieces throw. */
  async take(pieces: AsyncIterable<Uint8Array>): Promise<Refusal | undefined> {
    const blocks = new LineBlocks();
    for await (const piece of pieces) {
      for (const block of blocks.of(piece)) {
        const refusal = await this.#takeBlock(block);
        if (refusal !== undefined) return refusal;
      }
    }
    for (const block of blocks.rest()) return this.#takeBlock(block);
    return undefined;
  }

  async #takeBlock(block: Uint8Array | 'too_long'): Promise<Refusal | undefined> {
    const firstLine = this.#lines + 1;
    if (block === 'too_long') {
      this.#lines++;
      this.#reject({
        line: firstLine,
        code: 'too_large',
        message: `A line has at most ${MAX_LINE_BYTES} bytes`,
      });
      return undefined;
    }
    const refusal = await this.#takeLines(block);
    // A store in memory answers at once; everybody else has a turn as well.
    await nextTurn();
    return refusal;
  }

  /** What the store refuses of a piece as a whole is of some of its lines: the others are found by halves, and taken. */
  async #takeLines(bytes: Uint8Array): Promise<Refusal | undefined> {
    const { tournament, players } = this.#target;
    const firstLine = this.#lines + 1;
    const { lines, accepted, rejected, packed } = packLines(bytes, firstLine, players);
    const verdict =
      packed === undefined
        ? NOTHING_TO_TAKE
        : await this.#deps.store.addTeams(tournament, packed, this.#deps.clock.now());
    if (verdict.ok) {
      this.#lines += lines;
      this.#accepted += accepted;
      for (const one of rejected) this.#reject(one);
      return undefined;
    }
    // It has started meanwhile: nothing that follows can be taken either.
    if (verdict.code === 'conflict') return verdict;
    const [first, second] = halvesOf(bytes);
    if (second !== undefined) return (await this.#takeLines(first)) ?? (await this.#takeLines(second));
    this.#lines++;
    this.#reject({ line: firstLine, code: verdict.code, message: verdict.message });
    return undefined;
  }

  #reject(line: RejectedLine): void {
    this.#rejections++;
    if (this.#rejected.length < MAX_TOLD_REJECTIONS) this.#rejected.push(line);
  }
}

/** Cut behind a line near the middle; one alone where there is only one line. */
function halvesOf(bytes: Uint8Array): readonly [Uint8Array, Uint8Array?] {
  const inside = bytes.subarray(0, -1);
  const before = inside.lastIndexOf(NEWLINE, bytes.length >>> 1);
  const end = before < 0 ? inside.indexOf(NEWLINE) : before;
  return end < 0 ? [bytes] : [bytes.subarray(0, end + 1), bytes.subarray(end + 1)];
}
