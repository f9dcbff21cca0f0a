import { MAX_APPLIED_OPERATIONS, type Operation, type Part } from '../score-store.ts';
import { DOUBLE_BYTES, KIND_BYTES, OPERATION_NUMBERS } from './batches.ts';
import { CounterPlaces } from './counter-places.ts';
import { packCounts, packDoubles, packTexts, packUint16s } from './packing.ts';

/** What is added to the members of one board. */
interface BoardSums {
  /** To their places, from 0. */
  readonly members: Map<string, number>;
  readonly sums: number[];
  /** Of each the place of its last operation, from 1. */
  readonly lasts: number[];
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
  readonly #values: Buffer;

  private constructor(operations: number) {
    this.#operations = operations;
    this.#boardOf = new Array<undefined>(operations);
    this.#placeOf = new Uint16Array(operations);
    this.#values = Buffer.allocUnsafe(DOUBLE_BYTES * operations);
  }

  /** `undefined` where there is anything else in it. */
  static of(parts: readonly Part[]): SummedBatch | undefined {
    let operations = 0;
    for (const part of parts) operations += part.operations.length;
    const [first] = parts[0]?.operations ?? [];
    if (first === undefined || amountOf(first) === 0 || operations > MAX_APPLIED_OPERATIONS) return undefined;
    const batch = new SummedBatch(operations);
    let before = 0;
    for (const part of parts) {
      if (!batch.#addPart(part, before)) return undefined;
      before += part.operations.length;
    }
    return batch.amounts <= Number.MAX_SAFE_INTEGER ? batch : undefined;
  }

  pack() {
    const counts: (readonly [string, number])[] = [];
    const members: string[] = [];
    const sums: number[] = [];
    const lasts: number[] = [];
    const slotsBefore = new Map<BoardSums | undefined, number>([[undefined, 0]]);
    for (const [board, ofBoard] of this.boards) {
      slotsBefore.set(ofBoard, members.length);
      counts.push([board, ofBoard.members.size]);
      for (const member of ofBoard.members.keys()) members.push(member);
      for (const sum of ofBoard.sums) sums.push(sum);
      for (const last of ofBoard.lasts) lasts.push(last);
    }
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
      ...{ kinds: this.#packKinds(slotsBefore), values: this.#values },
    };
  }

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
      kinds[at++] = of === undefined ? OPERATION_NUMBERS.count : OPERATION_NUMBERS.delta;
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
      const amount = amountOf(operation);
      if (amount === 0) return false;
      this.amounts += Math.abs(amount);
      const index = before + i;
      this.#values.writeDoubleLE(amount, DOUBLE_BYTES * index);
      if (operation.op === 'delta') {
        if (operation.board !== name || board === undefined) {
          name = operation.board;
          board = this.#boardFor(name);
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

  #boardFor(name: string): BoardSums {
    let board = this.boards.get(name);
    if (board === undefined) {
      board = { members: new Map(), sums: [], lasts: [] };
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
