import type { Batch, BatchVerdict, StoreOptions } from '../score-store.ts';
import type { BatchNumbers, BatchOrder } from './batch-order.ts';
import type { BoardWindows } from './board-windows.ts';
import type { PartitionKeys } from './keys.ts';
import type { KnownScores } from './known-scores.ts';
import type { RatingScoring } from './rated-batch.ts';
import type { RunScript } from './scripts.ts';
import { limitsOf } from './sending.ts';
import { SummedBatch } from './summed-batch.ts';

/** For so many batches with the same names nothing is added up where a sum was not to be had. */
const BATCHES_LEFT_OUT = 20;
/** Boards and products of which that is remembered. */
const MAX_REMEMBERED = 1000;
const NOT_AS_SUPPOSED = 0;
const BY_NUMBERS = -1;

interface SumsDeps {
  readonly boardWindows: Pick<BoardWindows, 'has'>;
  readonly knownScores: KnownScores;
  readonly scoring: RatingScoring;
  readonly order: BatchOrder;
}

/** The short way of batches that only add whole numbers, as nearly all do. */
export interface Sums {
  /** Adds up what it can; `undefined` where the batch has to go the long way. */
  addUp(batch: Batch): SummedBatch | undefined;
  /** `undefined`: nothing was done, and it has to go the long way. */
  apply(
    batch: Batch,
    summed: SummedBatch,
    partition: PartitionKeys,
    before: string,
  ): Promise<BatchVerdict | undefined>;
}

export function createSums(
  run: RunScript,
  options: StoreOptions,
  { boardWindows, knownScores, scoring, order }: SumsDeps,
): Sums {
  const { ofAll } = limitsOf(options);
  const [maxDirtyNames = '', newConfig = '', logOperations = '', , ...retentions] = ofAll;
  const limits = [maxDirtyNames, newConfig, logOperations, ...retentions];
  /** How many batches more are left out, by board or product. */
  const leftOut = new Map<string, number>();

  const isLeftOut = (name: string): boolean => {
    const left = leftOut.get(name);
    if (left === undefined) return false;
    if (left === 1) leftOut.delete(name);
    else leftOut.set(name, left - 1);
    return true;
  };

  const leaveOut = (names: readonly string[]): void => {
    for (const name of names) {
      const [oldest] = leftOut.keys();
      if (oldest !== undefined && leftOut.size >= MAX_REMEMBERED) leftOut.delete(oldest);
      leftOut.set(name, BATCHES_LEFT_OUT);
    }
  };

  return {
    addUp({ parts }) {
      const batch = SummedBatch.of(parts, { scoring, known: knownScores });
      if (batch === undefined) return undefined;
      for (const board of batch.boards.keys()) if (boardWindows.has(board)) return undefined;
      return leftOut.size > 0 && namesOf(batch).filter(isLeftOut).length > 0 ? undefined : batch;
    },

    async apply({ partition: place, acceptedAt, parts }, batch, partition, before) {
      const position = await order.send(place, before, (numbers) => {
        const args = [String(acceptedAt), ...limits, ...argumentsOf(batch, numbers)];
        const answer = run('apply-sums', keysOf(batch, partition, order.engine), args);
        // Already now, for the batch behind it. Where this one is not applied, Redis finds that they are not so.
        for (const [board, { members, sums, known }] of batch.boards) {
          if (known !== undefined) knownScores.change(board, members.keys(), sums);
        }
        return answer;
      });
      if (position === BY_NUMBERS) leaveOut(namesOf(batch));
      if (position === BY_NUMBERS || position === NOT_AS_SUPPOSED) return undefined;
      return {
        position: position as number,
        parts: parts.map(() => ({ status: 'settled', duplicates: 0, refused: [] })),
      };
    },
  };
}

function argumentsOf(batch: SummedBatch, { number, before }: BatchNumbers): (string | Buffer)[] {
  const { lengths, boards, members, sums, lasts, producers, counters, counterSums, ...rest } = batch.pack();
  const { kinds, values, rated, expected, handlers } = rest;
  const { products, counterNames, players } = counters;
  return [
    ...[lengths, String(batch.amounts), boards, members, sums, lasts, producers],
    ...[products, counterNames, players, counters.counters, counterSums, kinds, values],
    ...[number, before],
    ...(rated.length === 0 ? [] : [rated, expected, handlers]),
  ];
}

function namesOf({ boards, counters }: SummedBatch): readonly string[] {
  return [...Array.from(boards.keys(), (board) => `board:${board}`), ...counters.products];
}

function keysOf(batch: SummedBatch, partition: PartitionKeys, engine: string): string[] {
  const { position, dirty, allDirty, boards, configs, totals, log, created } = partition;
  const keys = [
    position,
    dirty,
    allDirty,
    boards,
    configs,
    totals,
    log,
    created,
    partition.lastBatch(engine),
  ];
  for (const board of batch.boards.keys()) {
    const { ranking, arrivals } = partition.board(board);
    keys.push(ranking, arrivals);
  }
  for (const { id } of batch.producers) keys.push(partition.producer(id));
  for (const product of batch.counters.products) {
    keys.push(partition.counterNames(product), partition.counters(product));
  }
  return keys;
}
