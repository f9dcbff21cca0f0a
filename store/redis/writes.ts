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
import { packBatch } from './batches.ts';
import type { Keys } from './keys.ts';
import { formatConfig, parseConfig } from './replies.ts';
import type { RunScript, ScriptArgument } from './scripts.ts';

type Writes = Pick<ScoreStore, 'apply' | 'configureBoard' | 'removeBoard' | 'removeMember'>;

const NEW_CONFIG = formatConfig(DEFAULT_BOARD_CONFIG);
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
      const { boards, members, profileMembers, names, kinds, values } = packBatch(batch);

      const { position, dirty, allDirty, configs, totals, profiles } = partition;
      const scriptKeys = [position, dirty, allDirty, partition.boards, configs, totals, profiles];
      const texts = [members, profileMembers, names];
      const args: ScriptArgument[] = [
        ...[String(batch.acceptedAt), maxDirtyNames, NEW_CONFIG],
        ...[...texts.map(({ bytes }) => bytes), kinds, values],
        ...[...texts.map(({ count }) => count), batch.operations.length].map(String),
      ];
      for (const [id, count] of boards) {
        const { ranking, arrivals } = partition.board(id);
        scriptKeys.push(ranking, arrivals);
        args.push(id, String(count));
      }

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
