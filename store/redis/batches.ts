import { assert } from '../../runtime/errors.ts';
import type { Batch, Operation } from '../score-store.ts';

/** A batch as apply.lua takes it; its header has the format. */
export interface PackedBatch {
  /** Each board with the number of its members. */
  readonly boards: readonly (readonly [id: string, members: number])[];
  readonly members: PackedTexts;
  readonly profileMembers: PackedTexts;
  readonly names: PackedTexts;
  readonly kinds: Buffer;
  readonly values: Buffer;
}

export interface PackedTexts {
  readonly count: number;
  readonly bytes: Buffer;
}

const CODES = { delta: 0, set: 1, best: 2, profile: 3 } as const;
const KIND_BYTES = 3;
const VALUE_BYTES = 8;
const TEXT_MAX_BYTES = 0xffff;

/**
 * Gives each member of each board a slot, so that the script reads and writes it once however often it occurs. Numbers
 * and texts are packed, because thousands of arguments cost Redis more than the scores themselves.
 */
export function packBatch({ operations }: Batch): PackedBatch {
  const boards = new Map<string, Map<string, number>>();
  const profileMembers = new Map<string, number>();
  const names: string[] = [];
  const places = new Uint16Array(operations.length);
  for (const [index, operation] of operations.entries()) {
    places[index] = placeOf(membersOf(operation, boards, profileMembers), operation.member);
  }

  const slotsBefore = new Map<string, number>();
  const members: string[] = [];
  for (const [board, ofBoard] of boards) {
    slotsBefore.set(board, members.length);
    for (const member of ofBoard.keys()) members.push(member);
  }
  const kinds = Buffer.allocUnsafe(operations.length * KIND_BYTES);
  const values = Buffer.allocUnsafe(operations.length * VALUE_BYTES);
  for (const [index, operation] of operations.entries()) {
    const place = places[index] ?? 0;
    const slot = operation.op === 'profile' ? place : place + (slotsBefore.get(operation.board) ?? 0);
    const value = operation.op === 'profile' ? names.push(operation.name) : operation.value;
    kinds.writeUInt8(CODES[operation.op], index * KIND_BYTES);
    kinds.writeUInt16BE(slot, index * KIND_BYTES + 1);
    values.writeDoubleLE(value, index * VALUE_BYTES);
  }
  return {
    boards: Array.from(boards, ([id, ofBoard]) => [id, ofBoard.size] as const),
    members: packTexts(members),
    profileMembers: packTexts([...profileMembers.keys()]),
    names: packTexts(names),
    kinds,
    values,
  };
}

function membersOf(
  operation: Operation,
  boards: Map<string, Map<string, number>>,
  profileMembers: Map<string, number>,
): Map<string, number> {
  if (operation.op === 'profile') return profileMembers;
  let members = boards.get(operation.board);
  if (members === undefined) {
    members = new Map();
    boards.set(operation.board, members);
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

function packTexts(texts: readonly string[]): PackedTexts {
  let bound = 0;
  for (const text of texts) bound += 2 + 3 * text.length;
  const bytes = Buffer.allocUnsafe(bound);
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + 2);
    assert(length <= TEXT_MAX_BYTES, 'a text is not too long to be packed');
    bytes.writeUInt16LE(length, at);
    at += 2 + length;
  }
  return { count: texts.length, bytes: bytes.subarray(0, at) };
}
