import { assert } from '../../runtime/errors.ts';
import { assertAlone, endOfEvent, numbersOf } from '../events.ts';
import type { Operation, Part } from '../score-store.ts';
import { CounterPlaces } from './counter-places.ts';
import { Groups, placeOf } from './groups.ts';
import { HandlerPlaces } from './handler-places.ts';
import { packTexts, packUint16s } from './packing.ts';
import { numberOfCode } from './refusals.ts';

/** Their numbers are also in the log: never change one. */
export const OPERATION_NUMBERS = {
  ...{ delta: 0, set: 1, best: 2, profile: 3, reject: 4 },
  ...{ result: 5, count: 6, login: 7, logout: 8, nothing: 9, append: 10, points: 11 },
} as const;
/** Of points that were computed from the matches of a tournament. */
export const FED_POINTS = 12;
export const KIND_BYTES = 3;
export const DOUBLE_BYTES = 8;
const PART_BYTES = 12;

type PackedText =
  | 'members'
  | 'profiles'
  | 'names'
  | 'counterNames'
  | 'players'
  | 'users'
  | 'modes'
  | 'matches'
  | 'tournamentPlayers';
type PackedGroups = 'boards' | 'products' | 'areas' | 'tournaments';
/** The arguments of apply.lua that are lists, but those of windows, outcomes and events of matches. */
export type PackedList =
  | (PackedText | PackedGroups)
  | ('lengths' | 'otherLengths' | 'counters' | 'handlers' | 'kinds' | 'values');

/**
 * A batch as apply.lua takes it; its header has the format. Each member of each board gets a slot, so that the script reads and writes it
 * once however often it occurs; counters and users likewise. Numbers and texts are packed, because thousands of arguments cost Redis
 * more than the scores themselves.
 */
export class PackedBatch {
  readonly operations: readonly Operation[];
  readonly parts: readonly Part[];
  readonly boards = new Groups();
  readonly counters = new CounterPlaces();
  readonly areas = new Groups();
  readonly tournaments = new Groups();
  /** Boards that have results. */
  readonly ratedBoards = new Set<string>();
  /** Those that get events, by place. */
  readonly matches = new Map<string, number>();
  /** Of each operation: that of its member, profile member, counter or user in its group; the second is that of the loser. */
  readonly places: Uint16Array;
  readonly opponents: Uint16Array;
  readonly lists: Readonly<Record<PackedList, Buffer>>;
  readonly producers: readonly [parts: Buffer, numbers: Buffer];
  /** The places of the events that have several operations. */
  readonly severalOperations: Buffer;
  readonly #profiles = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #modes = new Map<string, number>();
  readonly #handlers = new HandlerPlaces();
  #eventCount = 0;

  constructor(parts: readonly Part[]) {
    this.parts = parts;
    this.operations = operationsOf(parts);
    this.places = new Uint16Array(this.operations.length);
    this.opponents = new Uint16Array(this.operations.length);
    for (let i = 0; i < this.operations.length; i++) this.#place(this.operations[i] as Operation, i);
    this.lists = this.#pack();
    this.producers = packProducers(parts);
    this.severalOperations = packEvents(parts);
  }

  /** Whether it has more than scores, profiles and rejects. */
  get hasOthers(): boolean {
    return this.isEvaluated || this.counters.size > 0 || this.areas.size > 0 || this.tournaments.size > 0;
  }

  /** Whether it has what is computed here from what the store holds: results, events of matches. */
  get isEvaluated(): boolean {
    return this.ratedBoards.size > 0 || this.matches.size > 0;
  }

  get hasRejects(): boolean {
    return this.operations.some(({ op }) => op === 'reject');
  }

  /** How many operations append an event; they are counted from 1. */
  get eventCount(): number {
    return this.#eventCount;
  }

  #place(operation: Operation, index: number): void {
    switch (operation.op) {
      case 'delta':
      case 'set':
      case 'best':
        this.places[index] = this.boards.placeOf(operation.board, operation.member);
        break;
      case 'result':
        this.ratedBoards.add(operation.board);
        this.places[index] = this.boards.placeOf(operation.board, operation.winner);
        this.opponents[index] = this.boards.placeOf(operation.board, operation.loser);
        break;
      case 'profile':
        this.places[index] = placeOf(this.#profiles, operation.member);
        break;
      case 'count':
        this.places[index] = this.counters.placeOf(operation.product, operation.player, operation.counter);
        break;
      case 'login':
      case 'logout':
        this.places[index] = this.areas.placeOf(operation.area, operation.user);
        break;
      case 'append':
        this.places[index] = placeOf(this.matches, operation.match);
        break;
      case 'points':
        this.places[index] = this.tournaments.placeOf(operation.tournament, operation.player);
        break;
      case 'reject':
      case 'nothing':
    }
  }

  #pack(): Readonly<Record<PackedList, Buffer>> {
    const [boards, members] = this.boards.pack();
    const [areas, users] = this.areas.pack();
    const [tournaments, tournamentPlayers] = this.tournaments.pack();
    const kinds = Buffer.allocUnsafe(this.operations.length * KIND_BYTES);
    const values = Buffer.allocUnsafe(this.operations.length * DOUBLE_BYTES);
    for (let index = 0; index < this.operations.length; index++) {
      const operation = this.operations[index] as Operation;
      kinds.writeUInt8(numberOf(operation), index * KIND_BYTES);
      kinds.writeUInt16BE(this.#slotOf(operation, this.places[index] ?? 0), index * KIND_BYTES + 1);
      values.writeDoubleLE(this.#valueOf(operation, index), index * DOUBLE_BYTES);
    }
    const playerCounts = this.counters.playerCounts();
    const players = playerCounts.reduce((sum, count) => sum + count, 0);
    return {
      lengths: packUint16s([this.boards.size, this.#profiles.size, this.#names.length]),
      otherLengths: packUint16s([
        ...[playerCounts.length, players, this.counters.size, this.areas.size],
        ...[this.#modes.size, this.#handlers.size, ...playerCounts],
      ]),
      ...{ boards, members, profiles: packTexts([...this.#profiles.keys()]), names: packTexts(this.#names) },
      ...this.counters.pack(),
      ...{ areas, users, modes: packTexts([...this.#modes.keys()]) },
      matches: packTexts([...this.matches.keys()]),
      ...{ tournaments, tournamentPlayers },
      handlers: this.#handlers.pack(),
      ...{ kinds, values },
    };
  }

  #slotOf(operation: Operation, place: number): number {
    switch (operation.op) {
      case 'delta':
      case 'set':
      case 'best':
      case 'result':
        return this.boards.slotOf(operation.board, place);
      case 'login':
      case 'logout':
        return this.areas.slotOf(operation.area, place);
      case 'points':
        return this.tournaments.slotOf(operation.tournament, place);
      default:
        return place;
    }
  }

  #valueOf(operation: Operation, index: number): number {
    switch (operation.op) {
      case 'delta':
      case 'set':
      case 'best':
        return operation.value;
      case 'result':
        return this.#handlers.valueOf(
          operation,
          this.boards.slotOf(operation.board, this.opponents[index] ?? 0),
        );
      case 'profile':
        return this.#names.push(operation.name);
      case 'count':
        return operation.by;
      case 'login':
        return placeOf(this.#modes, operation.mode);
      case 'append':
        return ++this.#eventCount;
      case 'points':
        return operation.points;
      case 'reject':
        return numberOfCode(operation.code);
      case 'logout':
      case 'nothing':
        return 0;
    }
  }
}

function numberOf(operation: Operation): number {
  return operation.op === 'points' && operation.fed ? FED_POINTS : OPERATION_NUMBERS[operation.op];
}

function operationsOf(parts: readonly Part[]): readonly Operation[] {
  const [first, ...others] = parts;
  if (first === undefined) return [];
  return others.length === 0 ? first.operations : parts.flatMap(({ operations }) => operations);
}

/** The places of the first and of the last operation of each event that has several. */
function packEvents(parts: readonly Part[]): Buffer {
  const places: number[] = [];
  let before = 0;
  for (const part of parts) {
    const { operations } = part;
    const numbers = numbersOf(part);
    if (numbers !== undefined) {
      for (let from = 0, to = 1; from < numbers.length; from = to) {
        to = endOfEvent(numbers, from);
        if (to - from > 1) places.push(before + from + 1, before + to);
      }
      assertAlone(operations, numbers);
    }
    before += operations.length;
  }
  return packUint16s(places);
}

/** Parts of producers and the numbers of their operations; parts of nobody cost nothing. */
function packProducers(parts: readonly Part[]): readonly [parts: Buffer, numbers: Buffer] {
  const producers = new Set<string>();
  let numberCount = 0;
  for (const { operations, producer } of parts) {
    if (producer === undefined) continue;
    assert(!producers.has(producer.id), 'a producer has at most one part in a batch');
    assert(producer.numbers.length === operations.length, 'each operation of a producer has its number');
    producers.add(producer.id);
    numberCount += operations.length;
  }
  const packedParts = Buffer.allocUnsafe(producers.size * PART_BYTES);
  const numbers = Buffer.allocUnsafe(numberCount * DOUBLE_BYTES);
  let partAt = 0;
  let numberAt = 0;
  let from = 1;
  for (const { operations, producer } of parts) {
    const next = from + operations.length;
    if (producer !== undefined) {
      partAt = packedParts.writeUInt16LE(from, partAt);
      partAt = packedParts.writeUInt16LE(next - 1, partAt);
      partAt = packedParts.writeDoubleLE(producer.claim, partAt);
      let previous = 1;
      for (const number of producer.numbers) {
        assert(number >= previous, 'the numbers of a producer never descend');
        numberAt = numbers.writeDoubleLE(number, numberAt);
        previous = number;
      }
    }
    from = next;
  }
  return [packedParts, numbers];
}
