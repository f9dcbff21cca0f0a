import { type BoardSettings, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
import { partRetentionMs } from '../once.ts';
import { partitionOfBoard } from '../partitions.ts';
import {
  type Batch,
  type BatchVerdict,
  type ConfigureVerdict,
  MAX_BATCH_OPERATIONS,
  MAX_REMEMBERED_REJECTIONS,
  type ScoreStore,
  type StoreOptions,
} from '../score-store.ts';
import { packBatch } from './batches.ts';
import type { Keys } from './keys.ts';
import { formatConfig, parseConfig } from './replies.ts';
import type { RunScript, ScriptArgument } from './scripts.ts';
import { type ApplyReply, toBatchVerdict } from './verdicts.ts';

type Writes = Pick<ScoreStore, 'apply' | 'configureBoard' | 'removeBoard' | 'removeMember'>;

const NEW_CONFIG = formatConfig(DEFAULT_BOARD_CONFIG);

export function createWrites(run: RunScript, keys: Keys, options: StoreOptions): Writes {
  const { partitions } = options;
  const maxDirtyNames = String(options.maxDirtyNames);
  const maxConversionMembers = String(options.maxConversionMembers);
  const logOperations = String(options.logOperations);
  const retentions = [options.producerRetentionMs, partRetentionMs(options.onceRetentionMs)].map(String);

  const locate = (board: string) => {
    const partition = keys.partitions[partitionOfBoard(board, partitions)];
    assert(partition, 'a board has a partition');
    return { partition, ofBoard: partition.board(board) };
  };

  return {
    async apply(batch: Batch): Promise<BatchVerdict> {
      const partition = keys.partitions[batch.partition];
      assert(partition, 'a batch is for a partition that exists');
      const { operationCount, boards, profileMemberCount, nameCount, packed } = packBatch(batch.parts);
      assert(operationCount <= MAX_BATCH_OPERATIONS, 'a batch is not too long');

      const { position, dirty, allDirty, configs, totals, profiles, log, created } = partition;
      const scriptKeys = [
        position,
        dirty,
        allDirty,
        partition.boards,
        configs,
        totals,
        profiles,
        log,
        created,
      ];
      for (const [id] of boards) {
        const { ranking, arrivals } = partition.board(id);
        scriptKeys.push(ranking, arrivals);
      }
      for (const { producer } of batch.parts) {
        if (producer !== undefined) scriptKeys.push(partition.producer(producer.id));
      }
      const args: ScriptArgument[] = [
        ...[String(batch.acceptedAt), maxDirtyNames, NEW_CONFIG, logOperations],
        ...[String(MAX_REMEMBERED_REJECTIONS), ...retentions],
        ...[boards.length, profileMemberCount, nameCount].map(String),
        ...packed,
      ];
      return toBatchVerdict((await run('apply', scriptKeys, args)) as ApplyReply, batch.parts);
    },

    async configureBoard(board, settings, acceptedAt): Promise<ConfigureVerdict> {
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, boards, configs, totals, position, log, created } = partition;
      const { ranking, arrivals } = ofBoard;
      const reply = await run(
        'configure-board',
        [dirty, allDirty, boards, configs, totals, ranking, arrivals, position, log, created],
        [
          ...[board, String(acceptedAt), maxDirtyNames, NEW_CONFIG, maxConversionMembers],
          ...given(settings),
          logOperations,
        ],
      );
      const [configured, result] = reply as [1, string] | [0, number];
      if (configured === 1) return { ok: true, config: parseConfig(result) };
      const message = `order and ties can be changed up to ${maxConversionMembers} members; this board has ${result}`;
      return { ok: false, code: 'conflict', message };
    },

    async removeBoard(board, acceptedAt): Promise<boolean> {
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, boards, configs, totals, position, log, created } = partition;
      const { ranking, arrivals, checkpoint } = ofBoard;
      const removed = await run(
        'remove-board',
        [dirty, allDirty, boards, configs, totals, ranking, arrivals, position, log, created, checkpoint],
        [board, String(acceptedAt), maxDirtyNames, logOperations],
      );
      return removed === 1;
    },

    async removeMember(board, member, acceptedAt): Promise<boolean> {
      const { partition, ofBoard } = locate(board);
      const { dirty, allDirty, configs, totals, position, log } = partition;
      const removed = await run(
        'remove-member',
        [dirty, allDirty, configs, totals, ofBoard.ranking, ofBoard.arrivals, position, log],
        [board, member, String(acceptedAt), maxDirtyNames, logOperations],
      );
      return removed === 1;
    },
  };
}

function given({ order, ties, top }: BoardSettings): string[] {
  return [order ?? '', ties ?? '', top === undefined ? '' : String(top)];
}
