import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard } from '../partitions.ts';
import {
  type BoardRecords,
  type LogPage,
  MAX_BATCH_OPERATIONS,
  type MemberRecord,
  type Repair,
  type ScoreStore,
  type StoreOptions,
  type Stray,
} from '../score-store.ts';
import type { Keys } from './keys.ts';
import { parseLogEntry, type StoredEntry } from './log-entries.ts';
import { packDoubles } from './packing.ts';
import { parseConfig, parseScore } from './replies.ts';
import type { RunScript } from './scripts.ts';

type History = Pick<ScoreStore, 'readLog' | 'readRecords' | 'scanMembers' | 'repairBoard' | 'removeStrays'>;
type LogReply = [position: number, trimmedTo: number, entries: StoredEntry[]];
type ScanReply = [next: string, members: string[], config: string, strays: string[]];
type RecordsReply = [position: number, config: string, total: number, flat: string[]];

/** Members that a page of a scan has, about. */
const SCAN_MEMBERS = 500;

/** The history of a partition, and how its boards stand, for comparing the one with the other. */
export function createHistory(run: RunScript, keys: Keys, options: StoreOptions): History {
  const maxDirtyNames = String(options.maxDirtyNames);
  const logOperations = String(options.logOperations);
  const locate = (board: string) => {
    const partition = keys.partitions[partitionOfBoard(board, keys.partitions.length)];
    assert(partition, 'a board has a partition');
    return { partition, ofBoard: partition.board(board) };
  };

  return {
    async readLog(partition, after, limit): Promise<LogPage> {
      const ofPartition = keys.partitions[partition];
      assert(ofPartition, 'the log of a partition that exists is read');
      const { position: positionKey, log } = ofPartition;
      const reply = await run('read-log', [positionKey, log], [String(after), String(limit)], 'bytes');
      const [position, trimmedTo, entries] = reply as LogReply;
      return { entries: entries.map(parseLogEntry), trimmedTo, position };
    },

    async readRecords(board, members): Promise<BoardRecords> {
      assert(members.length <= MAX_BATCH_OPERATIONS, 'not too many records are read at once');
      const { partition, ofBoard } = locate(board);
      const { position: positionKey, configs } = partition;
      const reply = await run(
        'read-records',
        [positionKey, configs, ofBoard.ranking, ofBoard.arrivals, partition.windows],
        [board, ...members],
      );
      const [position, config, total, flat] = reply as RecordsReply;
      return {
        position,
        exists: config !== '',
        total,
        records: members.map((_, i) => toRecord(config, flat[2 * i], flat[2 * i + 1])),
      };
    },

    async scanMembers(board, cursor = '') {
      const { partition, ofBoard } = locate(board);
      const reply = await run(
        'scan-members',
        [partition.configs, ofBoard.ranking, ofBoard.arrivals, partition.windows],
        [board, cursor, String(SCAN_MEMBERS)],
      );
      const [next, members, config, flat] = reply as ScanReply;
      const strays = toStrays(config, flat);
      return next === '' ? { members, strays } : { members, strays, next };
    },

    async repairBoard(board, repairs, acceptedAt): Promise<readonly string[]> {
      assert(repairs.length <= MAX_BATCH_OPERATIONS, 'not too many members are repaired at once');
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, configs, totals, position, log, windows } = partition;
      const members = repairs.map(({ member }) => member);
      assert(new Set(members).size === members.length, 'each member is repaired once');
      const repaired = await run(
        'repair-board',
        [dirty, allDirty, configs, totals, ofBoard.ranking, ofBoard.arrivals, position, log, windows],
        [
          ...[board, String(acceptedAt), maxDirtyNames, logOperations],
          packDoubles(repairs.flatMap(toNumbers)),
          ...members,
        ],
      );
      return (repaired as number[]).flatMap((place) => members[place - 1] ?? []);
    },

    async removeStrays(board, strays, acceptedAt): Promise<number> {
      assert(strays.length <= MAX_BATCH_OPERATIONS, 'not too many strays are removed at once');
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, configs, totals, position, log } = partition;
      const removed = await run(
        'remove-strays',
        [dirty, allDirty, configs, totals, ofBoard.ranking, ofBoard.arrivals, position, log],
        [
          ...[board, String(acceptedAt), maxDirtyNames, logOperations],
          ...strays.map(({ element }) => Buffer.from(element, 'hex')),
        ],
      );
      return removed as number;
    },
  };
}

function toRecord(config: string, stored = '', arrival = ''): MemberRecord | undefined {
  if (stored === '') return undefined;
  const score = toScore(config, stored);
  return arrival === '' ? { score } : { score, arrival: Number(arrival) };
}

/** Somebody else may have written an infinity, which is to be found and repaired too. */
function toScore(config: string, stored: string): number {
  return parseScore(stored.replace('inf', 'Infinity'), parseConfig(config));
}

function toStrays(config: string, flat: readonly string[]): Stray[] {
  const strays: Stray[] = [];
  for (let i = 0; i < flat.length; i += 3) {
    const [element = '', member = '', stored = ''] = flat.slice(i, i + 3);
    strays.push({ element, member, score: toScore(config, stored) });
  }
  return strays;
}

function toNumbers({ found, right }: Repair): number[] {
  assert(right === undefined || Number.isFinite(right.score), 'what is right is a finite number');
  return [found, right].flatMap((record) => [record?.score ?? Number.NaN, record?.arrival ?? Number.NaN]);
}
