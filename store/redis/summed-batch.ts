import { rateResult } from '../../scoring/scoring.ts';
import { MAX_APPLIED_OPERATIONS, type Operation, type Part, type ResultOperation } from '../score-store.ts';
import { DOUBLE_BYTES, KIND_BYTES, OPERATION_NUMBERS } from './batches.ts';
import { CounterPlaces } from './counter-places.ts';
import { HandlerPlaces } from './handler-places.ts';
import type { KnownScores } from './known-scores.ts';
import { packCounts, packDoubles, packTexts, packUint16s } from './packing.ts';
import { type RatingScoring, scoreOrNull } from './rated-batch.ts';

/** What is added to the members of one board. */
interface BoardSums {
  /** To their places, from 0. */
  readonly members: Map<string, number>;
  readonly sums: number[];
  /** Of each the place of its last operation, from 1. */
  readonly lasts: number[];
  /** Of a board with results: its scores before, as far as they are known here, NaN for who is not on it; `sums` are then those after. */
  readonly known?: ReadonlyMap<string, number> | undefined;
  readonly expected: number[];
}

/** Scores the results of a batch from what is known of their boards. */
export interface SummingRater {
  readonly scoring: RatingScoring;
  readonly known: Pick<KnownScores, 'of'>;
}

/** A part of a producer as apply-sums.lua takes it. */
interface SummedPart {
  readonly id: string;
  readonly claim: number;
  readonly first: number;
  readonly last: number;
}

/**
 * A batch that only adds whole numbers, added up for each score and counter: however many operations there are, Redis reads and writes each
 * once and does nothing for the others but keep them in the log. What the sums may be added to is for apply-sums.lua to say.
 */
export class SummedBatch {
  readonly boards = new Map<string, BoardSums>();
  readonly counters = new CounterPlaces();
  readonly counterSums: number[] = [];
  readonly producers: SummedPart[] = [];
  /** Of all amounts without their signs: no sum comes further from where it began. */
  amounts = 0;
  readonly #operations: number;
  /** Of each operation: its board, if it has one, and the place of its member there, or of its counter. */
  readonly #boardOf: (BoardSums | undefined)[];
  readonly #placeOf: Uint16Array;
  /** Of each result: the place of the loser. */
  readonly #opponentOf: Uint16Array;
  /** By place, from 0. */
  readonly #results = new Map<number, ResultOperation>();
  readonly #handlers = new HandlerPlaces();
  readonly #rater: SummingRater;
  readonly #values: Buffer;

  private constructor(operations: number, rater: SummingRater) {
    this.#rater = rater;
    this.#opponentOf = new Uint16Array(operations);
    this.#operations = operations;
    this.#boardOf = new Array<undefined>(operations);
    this.#placeOf = new Uint16Array(operations);
    this.#values = Buffer.allocUnsafe(DOUBLE_BYTES * operations);
  }

  /** `undefined` where there is anything else in it. */
  static of(parts: readonly Part[], rater: SummingRater): SummedBatch | undefined {
    let operations = 0;
    for (const part of parts) operations += part.operations.length;
    const [first] = parts[0]?.operations ?? [];
    if (
      first === undefined ||
      (first.op !== 'result' && amountOf(first) === 0) ||
      operations > MAX_APPLIED_OPERATIONS
    )
      return undefined;
    const batch = new SummedBatch(operations, rater);
    let before = 0;
    for (const part of parts) {
      if (!batch.#addPart(part, before)) return undefined;
      before += part.operations.length;
    }
    return batch.amounts <= Number.MAX_SAFE_INTEGER && batch.#isChanging() ? batch : undefined;
  }

  /** A board with results may be as it was, which is not told from one that nothing has happened to. */
  #isChanging(): boolean {
    for (const { known, sums, expected } of this.boards.values()) {
      if (
        known !== undefined &&
        !sums.some((score, place) => score !== expected[place] && !Number.isNaN(score))
      )
        return false;
    }
    return true;
  }

  pack() {
    const rated: number[] = [];
    const expected: number[] = [];
    let boardPlace = 0;
    const counts: (readonly [string, number])[] = [];
    const members: string[] = [];
    const sums: number[] = [];
    const lasts: number[] = [];
    const slotsBefore = new Map<BoardSums | undefined, number>([[undefined, 0]]);
    for (const [board, ofBoard] of this.boards) {
      slotsBefore.set(ofBoard, members.length);
      counts.push([board, ofBoard.members.size]);
      boardPlace++;
      if (ofBoard.known !== undefined) {
        rated.push(boardPlace);
        for (const score of ofBoard.expected) expected.push(score);
      }
      for (const member of ofBoard.members.keys()) members.push(member);
      for (const sum of ofBoard.sums) sums.push(sum);
      for (const last of ofBoard.lasts) lasts.push(last);
    }
    const kinds = this.#packKinds(slotsBefore);
    const playerCounts = this.counters.playerCounts();
    const players = playerCounts.reduce((sum, count) => sum + count, 0);
    const lengths = [this.#operations, this.boards.size, this.producers.length, playerCounts.length];
    return {
      lengths: packUint16s([...lengths, players, this.counters.size, ...playerCounts]),
      ...{ boards: packCounts(counts), members: packTexts(members) },
      ...{ sums: packDoubles(sums), lasts: packUint16s(lasts) },
      producers: packDoubles(this.producers.flatMap(({ claim, first, last }) => [claim, first, last])),
      counters: this.counters.pack(),
      counterSums: packDoubles(this.counterSums),
      ...{ kinds, values: this.#values, handlers: this.#handlers.pack() },
      ...{ rated: packUint16s(rated), expected: packDoubles(expected) },
    };
  }

  /** Results get their values here, since those have slots. */
  #packKinds(slotsBefore: ReadonlyMap<BoardSums | undefined, number>): Buffer {
    const kinds = Buffer.allocUnsafe(KIND_BYTES * this.#operations);
    let board: BoardSums | undefined;
    let before = 0;
    for (let i = 0, at = 0; i < this.#operations; i++) {
      const of = this.#boardOf[i];
      if (of !== board) {
        board = of;
        before = slotsBefore.get(of) ?? 0;
      }
      const slot = before + (this.#placeOf[i] as number) + (of === undefined ? 0 : 1);
      const result = this.#results.get(i);
      if (result !== undefined) {
        const value = this.#handlers.valueOf(result, before + (this.#opponentOf[i] as number) + 1);
        this.#values.writeDoubleLE(value, DOUBLE_BYTES * i);
      }
      kinds[at++] =
        result !== undefined
          ? OPERATION_NUMBERS.result
          : of === undefined
            ? OPERATION_NUMBERS.count
            : OPERATION_NUMBERS.delta;
      kinds[at++] = slot >> 8;
      kinds[at++] = slot & 0xff;
    }
    return kinds;
  }

  #addPart({ operations, producer }: Part, before: number): boolean {
    if (operations.length === 0) return false;
    if (producer !== undefined) {
      const { id, claim, numbers } = producer;
      this.producers.push({ id, claim, first: numbers[0] ?? 0, last: numbers.at(-1) ?? 0 });
    }
    let name: string | undefined;
    let board: BoardSums | undefined;
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as Operation;
      if (operation.op === 'result') {
        if (!this.#addResult(operation, before + i)) return false;
        name = undefined;
        continue;
      }
      const amount = amountOf(operation);
      if (amount === 0) return false;
      this.amounts += Math.abs(amount);
      const index = before + i;
      this.#values.writeDoubleLE(amount, DOUBLE_BYTES * index);
      if (operation.op === 'delta') {
        if (operation.board !== name || board === undefined) {
          name = operation.board;
          board = this.#boardFor(name);
          // Else what is added could not be told from what is reached.
          if (board.known !== undefined) return false;
        }
        this.#boardOf[index] = board;
        this.#placeOf[index] = addTo(board, operation.member, amount, index + 1);
      } else if (operation.op === 'count') {
        const place = this.counters.placeOf(operation.product, operation.player, operation.counter);
        this.counterSums[place - 1] = (this.counterSums[place - 1] ?? 0) + amount;
        this.#placeOf[index] = place;
      }
    }
    return true;
  }

  /** False where it is not certain what comes of it. */
  #addResult(operation: ResultOperation, index: number): boolean {
    const { winner, loser } = operation;
    const known = this.#rater.known.of(operation.board);
    if (known === undefined) return false;
    const board = this.#boardFor(operation.board, known);
    if (board.known === undefined) return false;
    const [one, other] = [placeIn(board, winner), placeIn(board, loser)];
    if (one === undefined || other === undefined) return false;
    const current = { winner: scoreOrNull(board.sums[one]), loser: scoreOrNull(board.sums[other]) };
    const outcome = rateResult(this.#rater.scoring, operation, current);
    if ('refused' in outcome) return false;
    if (outcome.winner !== undefined) board.sums[one] = outcome.winner;
    if (outcome.loser !== undefined) board.sums[other] = outcome.loser;
    this.#boardOf[index] = board;
    this.#placeOf[index] = one;
    this.#opponentOf[index] = other;
    this.#results.set(index, operation);
    return true;
  }

  #boardFor(name: string, known?: BoardSums['known']): BoardSums {
    let board = this.boards.get(name);
    if (board === undefined) {
      board = { members: new Map(), sums: [], lasts: [], expected: [], known };
      this.boards.set(name, board);
    }
    return board;
  }
}

/** Gives the place of the member, from 0. */
function addTo({ members, sums, lasts }: BoardSums, member: string, amount: number, index: number): number {
  const known = members.get(member);
  if (known !== undefined) {
    sums[known] = (sums[known] as number) + amount;
    lasts[known] = index;
    return known;
  }
  const place = sums.push(amount) - 1;
  lasts.push(index);
  members.set(member, place);
  return place;
}

/** 0 where it is not the addition of a whole number that changes something. */
function amountOf(operation: Operation): number {
  if (operation.op === 'delta') return Number.isSafeInteger(operation.value) ? operation.value : 0;
  if (operation.op === 'count') return Number.isSafeInteger(operation.by) ? operation.by : 0;
  return 0;
}

/** The place of a member of a board with results, from 0; `undefined` where its score is not known. */
function placeIn({ members, sums, lasts, expected, known }: BoardSums, member: string): number | undefined {
  const place = members.get(member);
  if (place !== undefined) return place;
  const score = known?.get(member);
  if (score === undefined) return undefined;
  expected.push(score);
  sums.push(score);
  members.set(member, lasts.push(0) - 1);
  return lasts.length - 1;
}
