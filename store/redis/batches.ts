import { assert } from '../../runtime/errors.ts';
import type { Operation, Part } from '../score-store.ts';
import { packCounts, packTexts } from './packing.ts';
import { numberOfCode } from './refusals.ts';

/** A batch as apply.lua takes it; its header has the format. */
export interface PackedBatch {
  readonly operationCount: number;
  /** Each board with the number of its members. */
  readonly boards: readonly (readonly [id: string, members: number])[];
  readonly profileMemberCount: number;
  readonly nameCount: number;
  /** Boards, members, profile members, names, kinds, values, producers' parts, numbers. */
  readonly packed: readonly Buffer[];
}

/** Their numbers are also in the log: never change one. */
export const OPERATION_NUMBERS = { delta: 0, set: 1, best: 2, profile: 3, reject: 4 } as const;
const KIND_BYTES = 3;
const DOUBLE_BYTES = 8;
const PART_BYTES = 12;

/**
 * Gives each member of each board a slot, so that the script reads and writes it once however often it occurs. Numbers
 * and texts are packed, because thousands of arguments cost Redis more than the scores themselves.
 */
export function packBatch(parts: readonly Part[]): PackedBatch {
  const operations = operationsOf(parts);
  const boards = new Map<string, Map<string, number>>();
  const profileMembers = new Map<string, number>();
  const names: string[] = [];
  const places = new Uint16Array(operations.length);
  for (const [index, operation] of operations.entries()) {
    if (operation.op === 'reject') continue;
    const members = operation.op === 'profile' ? profileMembers : membersOf(operation.board, boards);
    places[index] = placeOf(members, operation.member);
  }

  const slotsBefore = new Map<string, number>();
  const members: string[] = [];
  for (const [board, ofBoard] of boards) {
    slotsBefore.set(board, members.length);
    for (const member of ofBoard.keys()) members.push(member);
  }
  const kinds = Buffer.allocUnsafe(operations.length * KIND_BYTES);
  const values = Buffer.allocUnsafe(operations.length * DOUBLE_BYTES);
  for (const [index, operation] of operations.entries()) {
    const isScore = operation.op !== 'profile' && operation.op !== 'reject';
    const slot = (places[index] ?? 0) + (isScore ? (slotsBefore.get(operation.board) ?? 0) : 0);
    kinds.writeUInt8(OPERATION_NUMBERS[operation.op], index * KIND_BYTES);
    kinds.writeUInt16BE(slot, index * KIND_BYTES + 1);
    values.writeDoubleLE(packedValueOf(operation, names), index * DOUBLE_BYTES);
  }
  const counts = Array.from(boards, ([id, ofBoard]) => [id, ofBoard.size] as const);
  return {
    operationCount: operations.length,
    boards: counts,
    profileMemberCount: profileMembers.size,
    nameCount: names.length,
    packed: [
      ...[packCounts(counts), packTexts(members), packTexts([...profileMembers.keys()]), packTexts(names)],
      ...[kinds, values, ...packProducers(parts)],
    ],
  };
}

function operationsOf(parts: readonly Part[]): readonly Operation[] {
  const [first, ...others] = parts;
  if (first === undefined) return [];
  return others.length === 0 ? first.operations : parts.flatMap(({ operations }) => operations);
}

function membersOf(board: string, boards: Map<string, Map<string, number>>): Map<string, number> {
  let members = boards.get(board);
  if (members === undefined) {
    members = new Map();
    boards.set(board, members);
  }
  return members;
}

/** From 1, in the order of first occurrence. */
function placeOf(members: Map<string, number>, member: string): number {
  let place = members.get(member);
  if (place === undefined) {
    place = members.size + 1;
    members.set(member, place);
  }
  return place;
}

function packedValueOf(operation: Operation, names: string[]): number {
  switch (operation.op) {
    case 'profile':
      return names.push(operation.name);
    case 'reject':
      return numberOfCode(operation.code);
    default:
      return operation.value;
  }
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
      let previous = 0;
      for (const number of producer.numbers) {
        assert(number > previous, 'the numbers of a producer ascend');
        numberAt = numbers.writeDoubleLE(number, numberAt);
        previous = number;
      }
    }
    from = next;
  }
  return [packedParts, numbers];
}
