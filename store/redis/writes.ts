import { type BoardSettings, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard } from '../partitions.ts';
import {
  type Batch,
  type BatchVerdict,
  type ConfigureVerdict,
  MAX_BATCH_OPERATIONS,
  type ScoreStore,
  type StoreOptions,
} from '../score-store.ts';
import type { Keys } from './keys.ts';
import { formatConfig, parseConfig } from './replies.ts';
import type { RunScript } from './scripts.ts';

type Writes = Pick<ScoreStore, 'apply' | 'configureBoard' | 'removeBoard' | 'removeMember'>;

const NEW_CONFIG = formatConfig(DEFAULT_BOARD_CONFIG);
const CODES = { delta: 'd', set: 's', best: 'b' } as const;
const NOT_FINITE = 'the score would not be a finite number';

export function createWrites(run: RunScript, keys: Keys, options: StoreOptions): Writes {
  const { partitions } = options;
  const maxDirtyNames = String(options.maxDirtyNames);
  const maxConversionMembers = String(options.maxConversionMembers);

  const locate = (board: string) => {
    const partition = keys.partitions[partitionOfBoard(board, partitions)];
    assert(partition, 'a board has a partition');
    return { partition, ofBoard: partition.board(board) };
  };

  return {
    async apply(batch: Batch): Promise<BatchVerdict> {
      assert(batch.operations.length <= MAX_BATCH_OPERATIONS, 'a batch is not too long');
      const partition = keys.partitions[batch.partition];
      assert(partition, 'a batch is for a partition that exists');
      const { boards, profileMembers, operations } = groupByMember(batch);

      const { position, dirty, allDirty, configs, totals, profiles } = partition;
      const scriptKeys = [position, dirty, allDirty, partition.boards, configs, totals, profiles];
      const args = [String(batch.acceptedAt), maxDirtyNames, NEW_CONFIG, String(boards.size)];
      for (const [id, members] of boards) {
        const { ranking, arrivals } = partition.board(id);
        scriptKeys.push(ranking, arrivals);
        args.push(id, String(members.size), ...members.keys());
      }
      args.push(String(profileMembers.size), ...profileMembers.keys(), ...operations);

      const [after = 0, ...refused] = (await run('apply', scriptKeys, args)) as number[];
      return {
        position: after,
        refused: refused.map((index) => ({ index, code: 'malformed', message: NOT_FINITE })),
      };
    },

    async configureBoard(board, settings, acceptedAt): Promise<ConfigureVerdict> {
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, boards, configs, totals } = partition;
      const reply = await run(
        'configure-board',
        [dirty, allDirty, boards, configs, totals, ofBoard.ranking, ofBoard.arrivals],
        [board, String(acceptedAt), maxDirtyNames, NEW_CONFIG, maxConversionMembers, ...given(settings)],
      );
      const [configured, result] = reply as [1, string] | [0, number];
      if (configured === 1) return { ok: true, config: parseConfig(result) };
      const message = `order and ties can be changed up to ${maxConversionMembers} members; this board has ${result}`;
      return { ok: false, code: 'conflict', message };
    },

    async removeBoard(board, acceptedAt): Promise<boolean> {
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, boards, configs, totals } = partition;
      const removed = await run(
        'remove-board',
        [dirty, allDirty, boards, configs, totals, ofBoard.ranking, ofBoard.arrivals],
        [board, String(acceptedAt), maxDirtyNames],
      );
      return removed === 1;
    },

    async removeMember(board, member, acceptedAt): Promise<boolean> {
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, configs, totals } = partition;
      const removed = await run(
        'remove-member',
        [dirty, allDirty, configs, totals, ofBoard.ranking, ofBoard.arrivals],
        [board, member, String(acceptedAt), maxDirtyNames],
      );
      return removed === 1;
    },
  };
}

function given({ order, ties, top }: BoardSettings): string[] {
  return [order ?? '', ties ?? '', top === undefined ? '' : String(top)];
}

interface GroupedBatch {
  /** Board to its members, each with its place among them. */
  readonly boards: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly profileMembers: ReadonlyMap<string, number>;
  /** Code, slot, value of each operation. */
  readonly operations: readonly string[];
}

/** Gives each member of each board a slot, so that the script reads and writes it once however often it occurs. */
function groupByMember({ operations }: Batch): GroupedBatch {
  const boards = new Map<string, Map<string, number>>();
  const profileMembers = new Map<string, number>();
  const placeOf = (places: Map<string, number>, member: string): number => {
    let place = places.get(member);
    if (place === undefined) {
      place = places.size + 1;
      places.set(member, place);
    }
    return place;
  };
  const places = operations.map((operation) => {
    if (operation.op === 'profile') return placeOf(profileMembers, operation.member);
    let members = boards.get(operation.board);
    if (members === undefined) {
      members = new Map();
      boards.set(operation.board, members);
    }
    return placeOf(members, operation.member);
  });

  const slotsBefore = new Map<string, number>();
  let slots = 0;
  for (const [board, members] of boards) {
    slotsBefore.set(board, slots);
    slots += members.size;
  }
  const flat: string[] = [];
  operations.forEach((operation, index) => {
    const place = places[index] ?? 0;
    if (operation.op === 'profile') flat.push('p', String(place), operation.name);
    else {
      const slot = place + (slotsBefore.get(operation.board) ?? 0);
      flat.push(CODES[operation.op], String(slot), String(operation.value));
    }
  });
  return { boards, profileMembers, operations: flat };
}
