import type { BoardConfig } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
import { DOUBLE_BYTES } from './batches.ts';
import type { MatchVersion } from './known-match.ts';
import { PackedReader, packTexts } from './packing.ts';

/** What the outcomes of a batch's results, and the events of its matches, follow from (see lua/include-results.lua). */
export interface RatedState {
  /** Of each part of a producer; -1 in conflict. */
  readonly duplicates: readonly number[];
  /** In step with the batch's boards that have results. */
  readonly boards: readonly RatedBoard[];
  /** In step with the batch's matches (see lua/include-matches.lua). */
  readonly matches: readonly MatchVersion[];
}

export interface RatedBoard {
  readonly order: BoardConfig['order'];
  /** The board, then its windows: the scores of its members by their places; NaN where there is none. */
  readonly levels: readonly Float64Array[];
}

/** How much there is of what: as many boards as have results, each with its members and its levels. */
export interface RatedShape {
  readonly parts: number;
  readonly boards: readonly { readonly members: number; readonly levels: number }[];
  readonly matches: number;
}

const DUPLICATES_BYTES = 2;
const COUNT_BYTES = 4;
const ORDERS = ['desc', 'asc'] as const;

export function packState({ duplicates, boards, matches }: RatedState): Buffer {
  let length = DUPLICATES_BYTES * duplicates.length;
  for (const { levels } of boards) {
    length += 1 + levels.reduce((sum, scores) => sum + DOUBLE_BYTES * scores.length, 0);
  }
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const count of duplicates) at = bytes.writeInt16LE(count, at);
  for (const { order, levels } of boards) {
    at = bytes.writeUInt8(ORDERS.indexOf(order), at);
    for (const scores of levels) {
      for (const score of scores) at = bytes.writeDoubleLE(score, at);
    }
  }
  return matches.length === 0 ? bytes : Buffer.concat([bytes, ...matches.map(packVersion)]);
}

function packVersion({ label, events, last }: MatchVersion): Buffer {
  const count = Buffer.allocUnsafe(COUNT_BYTES);
  count.writeUInt32LE(events);
  return Buffer.concat([packTexts([label]), count, packTexts([last])]);
}

export function parseState(bytes: Buffer, shape: RatedShape): RatedState {
  let at = 0;
  const advance = (length: number): number => {
    at += length;
    return at - length;
  };
  const duplicates = Array.from({ length: shape.parts }, () => bytes.readInt16LE(advance(DUPLICATES_BYTES)));
  const boards = shape.boards.map(({ members, levels }): RatedBoard => {
    const order = ORDERS[bytes.readUInt8(advance(1))];
    assert(order, 'a board is of a known order');
    const scores = () =>
      Float64Array.from({ length: members }, () => bytes.readDoubleLE(advance(DOUBLE_BYTES)));
    return { order, levels: Array.from({ length: levels }, scores) };
  });
  const reader = new PackedReader(bytes.subarray(at));
  const matches = Array.from({ length: shape.matches }, () => {
    return { label: reader.text(), events: reader.uint32(), last: reader.text() };
  });
  assert(reader.isAtEnd, 'a state has all its bytes');
  return { duplicates, boards, matches };
}
