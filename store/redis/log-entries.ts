import { assert } from '../../runtime/errors.ts';
import type { LogEntry, ScoreOperation } from '../score-store.ts';
import { OPERATION_NUMBERS } from './batches.ts';
import { decodeText, PackedReader } from './packing.ts';
import { parseConfig } from './replies.ts';

/** An entry as the stream gives it: id, then field, value, ... (see lua/include-log.lua). */
export type StoredEntry = readonly [id: Buffer, fields: readonly Buffer[]];

type ScoreOp = ScoreOperation['op'];
const SCORE_OPS = new Map<number, ScoreOp>(
  (['delta', 'set', 'best'] as const).map((op) => [OPERATION_NUMBERS[op], op]),
);

type BatchOperations = Extract<LogEntry, { kind: 'batch' }>['operations'];

/** What can't be read is a defect, or was written by somebody else. */
export function parseLogEntry([id, fields]: StoredEntry): LogEntry {
  const values = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) values.set(String(fields[i]), fields[i + 1] as Buffer);
  const field = (name: string): Buffer => {
    const value = values.get(name);
    assert(value !== undefined, `log entry ${id} has its ${name}`);
    return value;
  };
  const number = (text: string): number => {
    assert(/^\d+(\.\d+)?$/.test(text), `log entry ${id} has numbers where they belong`);
    return Number(text);
  };
  const ofEntry = {
    from: number(String(field('from'))),
    to: number(String(id).replace(/-0$/, '')),
    at: number(String(field('at'))),
  };
  const ofBoard = () => ({ ...ofEntry, board: decodeText(field('board')) });

  const kind = String(field('kind'));
  switch (kind) {
    case 'batch': {
      const operations = parseOperations(field);
      assert(
        operations.length === ofEntry.to - ofEntry.from,
        `log entry ${id} has as many operations as it says`,
      );
      return { ...ofEntry, kind, operations };
    }
    case 'configure':
      return { ...ofBoard(), kind, config: parseConfig(String(field('config'))) };
    case 'remove-board':
      return { ...ofBoard(), kind };
    case 'remove-member':
      return { ...ofBoard(), kind, member: decodeText(field('member')) };
    case 'repair':
      return { ...ofBoard(), kind, members: new PackedReader(field('members')).texts() };
    default:
      throw new Error(`defect: log entry ${id} is of the unknown kind ${kind}`);
  }
}

function parseOperations(field: (name: string) => Buffer): BatchOperations {
  const boardOfSlot: string[] = [];
  const boards = new PackedReader(field('boards'));
  while (!boards.isAtEnd) {
    const board = boards.text();
    for (let count = boards.uint16(); count > 0; count--) boardOfSlot.push(board);
  }
  const texts = (name: string): string[] => new PackedReader(field(name)).texts();
  const [members, profiles, names] = [texts('members'), texts('profiles'), texts('names')];
  const values = new PackedReader(field('values'));
  const kinds = new PackedReader(field('kinds'));
  const operations: BatchOperations[number][] = [];
  while (!kinds.isAtEnd) {
    const kind = kinds.byte();
    const slot = 256 * kinds.byte() + kinds.byte();
    const value = values.double();
    const op = SCORE_OPS.get(kind);
    if (op === undefined) {
      assert(kind === OPERATION_NUMBERS.profile, 'the log holds scores and profiles only');
      operations.push({ op: 'profile', member: at(profiles, slot), name: at(names, value) });
    } else {
      operations.push({ op, board: at(boardOfSlot, slot), member: at(members, slot), value });
    }
  }
  assert(values.isAtEnd, 'each operation of the log has one value');
  return operations;
}

/** Places count from 1. */
function at(texts: readonly string[], place: number): string {
  const text = texts[place - 1];
  assert(text !== undefined, 'an operation of the log names texts that are there');
  return text;
}
