import type { Batch, BatchVerdict, StoreOptions } from '../score-store.ts';
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
}

/** The short way of batches that only add whole numbers, as nearly all do. `undefined`: nothing was done, and it has to go the long one. */
export function createApplySums(
  run: RunScript,
  options: StoreOptions,
  { boardWindows, knownScores, scoring }: SumsDeps,
): (batch: Batch, partition: PartitionKeys) => Promise<BatchVerdict | undefined> {
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

  return async ({ acceptedAt, parts }, partition) => {
    const batch = SummedBatch.of(parts, { scoring, known: knownScores });
    if (batch === undefined) return undefined;
    const names = namesOf(batch);
    for (const board of batch.boards.keys()) if (boardWindows.has(board)) return undefined;
    if (leftOut.size > 0 && names.filter(isLeftOut).length > 0) return undefined;
    const {
      lengths,
      boards,
      members,
      sums,
      lasts,
      producers,
      counters,
      counterSums,
      kinds,
      values,
      ...results
    } = batch.pack();
    const { products, counterNames, players } = counters;
    const position = await run('apply-sums', keysOf(batch, partition), [
      ...[String(acceptedAt), ...limits, lengths, String(batch.amounts)],
      ...[boards, members, sums, lasts, producers],
      ...[products, counterNames, players, counters.counters, counterSums, kinds, values],
      ...(results.rated.length === 0 ? [] : [results.rated, results.expected, results.handlers]),
    ]);
    if (position === NOT_AS_SUPPOSED) return undefined;
    if (position === BY_NUMBERS) {
      leaveOut(names);
      return undefined;
    }
    for (const [board, { members, sums: scores, known }] of batch.boards) {
      if (known !== undefined) knownScores.change(board, members.keys(), scores);
    }
    return {
      position: position as number,
      parts: parts.map(() => ({ status: 'settled', duplicates: 0, refused: [] })),
    };
  };
}

function namesOf({ boards, counters }: SummedBatch): readonly string[] {
  return [...Array.from(boards.keys(), (board) => `board:${board}`), ...counters.products];
}

function keysOf(batch: SummedBatch, partition: PartitionKeys): string[] {
  const { position, dirty, allDirty, boards, configs, totals, log, created } = partition;
  const keys = [position, dirty, allDirty, boards, configs, totals, log, created];
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
