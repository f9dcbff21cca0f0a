import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_LINE_BYTES } from '../../contest/limits.ts';
import { TeamPiece } from '../../contest/pack-lines.ts';
import type { Refusal } from '../../contest/refusal.ts';
import type { Clock } from '../../runtime/clock.ts';
import {
  MAX_TEAM_CHUNK_BYTES,
  type ScoreStore,
  type TeamChunk,
  type TeamsVerdict,
} from '../../store/score-store.ts';
import { LineBlocks } from './line-blocks.ts';

/** Rejected lines that are told; further ones are counted. */
export const MAX_TOLD_REJECTIONS = 1000;
/** Lines of a piece, beside those of its last block: fewer would make pieces that are mostly lists of players and cards. */
const PIECE_LINES = 2000;
/** And their bytes, likewise. */
const PIECE_BYTES = 1024 * 1024;
const NEWLINE = 10;
const NOTHING_TO_TAKE = { ok: true } as const;
const TOO_LONG_A_PIECE = { ok: false, code: 'too_large', message: 'The line is too long' } as const;

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
 * Teams, a line each, on their way to the store: block by block, with a turn for everybody else after each, and piece by piece, where the next one
 * waits until the store has taken the one before. So an upload of any length takes the memory of a piece, and sending it again from anywhere does no
 * harm, since of a team the latest line counts.
 */
export class TeamUpload {
  readonly #deps: UploadDeps;
  readonly #target: UploadTarget;
  readonly #rejected: RejectedLine[] = [];
  /** What is taken in at present, and its lines as they came. */
  #piece: TeamPiece;
  #text: Uint8Array[] = [];
  #lines = 0;
  #accepted = 0;
  #rejections = 0;

  constructor(deps: UploadDeps, target: UploadTarget) {
    this.#deps = deps;
    this.#target = target;
    this.#piece = new TeamPiece(1, target.players);
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
    for (const block of blocks.rest()) {
      const refusal = await this.#takeBlock(block);
      if (refusal !== undefined) return refusal;
    }
    return this.#flush();
  }

  async #takeBlock(block: Uint8Array | 'too_long'): Promise<Refusal | undefined> {
    if (block === 'too_long') {
      const refusal = await this.#flush();
      if (refusal === undefined) this.#rejectNext('too_large', `A line has at most ${MAX_LINE_BYTES} bytes`);
      return refusal;
    }
    this.#piece.add(block);
    this.#text.push(block);
    const bytes = this.#text.reduce((sum, { length }) => sum + length, 0);
    const isFull = this.#piece.lines >= PIECE_LINES || bytes >= PIECE_BYTES;
    const refusal = isFull ? await this.#flush() : undefined;
    // A store in memory answers at once; everybody else has a turn as well.
    await nextTurn();
    return refusal;
  }

  async #flush(): Promise<Refusal | undefined> {
    const [piece, text] = [this.#piece, this.#text];
    const refusal = await this.#settle(piece, text);
    this.#piece = new TeamPiece(this.#lines + 1, this.#target.players);
    this.#text = [];
    return refusal;
  }

  /** What the store refuses of a piece as a whole is of some of its lines: the others are found by halves, and taken. */
  async #settle(piece: TeamPiece, text: readonly Uint8Array[]): Promise<Refusal | undefined> {
    const { lines, accepted, rejected, packed } = piece.pack();
    const verdict = packed === undefined ? NOTHING_TO_TAKE : await this.#store(packed);
    if (verdict.ok) {
      this.#lines += lines;
      this.#accepted += accepted;
      for (const one of rejected) this.#reject(one);
      return undefined;
    }
    // It has started meanwhile: nothing that follows can be taken either.
    if (verdict.code === 'conflict') return verdict;
    const halves = halvesOf(Buffer.concat(text));
    if (halves.length === 1) this.#rejectNext(verdict.code, verdict.message);
    else {
      for (const half of halves) {
        await nextTurn();
        const part = new TeamPiece(this.#lines + 1, this.#target.players);
        part.add(half);
        const refusal = await this.#settle(part, [half]);
        if (refusal !== undefined) return refusal;
      }
    }
    return undefined;
  }

  async #store(packed: TeamChunk): Promise<TeamsVerdict> {
    if (packed.bytes.length > MAX_TEAM_CHUNK_BYTES) return TOO_LONG_A_PIECE;
    return this.#deps.store.addTeams(this.#target.tournament, packed, this.#deps.clock.now());
  }

  #rejectNext(code: Refusal['code'], message: string): void {
    this.#lines++;
    this.#reject({ line: this.#lines, code, message });
  }

  #reject(line: RejectedLine): void {
    this.#rejections++;
    if (this.#rejected.length < MAX_TOLD_REJECTIONS) this.#rejected.push(line);
  }
}

/** Cut behind a line near the middle; whole where there is only one line. */
function halvesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const inside = bytes.subarray(0, -1);
  const before = inside.lastIndexOf(NEWLINE, bytes.length >>> 1);
  const end = before < 0 ? inside.indexOf(NEWLINE) : before;
  return end < 0 ? [bytes] : [bytes.subarray(0, end + 1), bytes.subarray(end + 1)];
}
