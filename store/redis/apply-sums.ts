import { randomUUID } from 'node:crypto';
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
/** How long it is known which batch was applied last: much longer than the next one, which was sent already, can take. */
const NUMBER_KEPT_MS = '10000';
const ANY_BEFORE = '';
const NOT_AS_SUPPOSED = 0;
const BY_NUMBERS = -1;

interface SumsDeps {
  readonly boardWindows: Pick<BoardWindows, 'has'>;
  readonly knownScores: KnownScores;
  readonly scoring: RatingScoring;
}

/** The short way of batches that only add whole numbers, as nearly all do. `undefined`: nothing was done, and it has to go the long one. */
export interface Sums {
  apply(batch: Batch, partition: PartitionKeys): Promise<BatchVerdict | undefined>;
  /** Is sent though the batch before it is not answered, and is applied only if that one is: in Redis they come one after the other. */
  applyBehind(batch: Batch, partition: PartitionKeys): Promise<BatchVerdict | undefined>;
}

export function createSums(
  run: RunScript,
  options: StoreOptions,
  { boardWindows, knownScores, scoring }: SumsDeps,
): Sums {
  const { ofAll } = limitsOf(options);
  const [maxDirtyNames = '', newConfig = '', logOperations = '', , ...retentions] = ofAll;
  const limits = [maxDirtyNames, newConfig, logOperations, ...retentions];
  /** How many batches more are left out, by board or product. */
  const leftOut = new Map<string, number>();
  const engine = randomUUID();
  let sent = 0;
  /** By partition: the batch that was sent last, while it is not answered. */
  const unanswered = new Map<number, string>();

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

  const add = async (
    { partition: place, acceptedAt, parts }: Batch,
    partition: PartitionKeys,
    before: string,
  ): Promise<BatchVerdict | undefined> => {
    const batch = SummedBatch.of(parts, { scoring, known: knownScores });
    if (batch === undefined) return undefined;
    const names = namesOf(batch);
    for (const board of batch.boards.keys()) if (boardWindows.has(board)) return undefined;
    if (leftOut.size > 0 && names.filter(isLeftOut).length > 0) return undefined;
    const number = String(++sent);
    unanswered.set(place, number);
    const answer = run('apply-sums', keysOf(batch, partition, engine), [
      ...[String(acceptedAt), ...limits],
      ...argumentsOf(batch, [number, before, NUMBER_KEPT_MS]),
    ]);
    // Already now, for the batch behind it. Where this one is not applied, Redis finds that they are not so.
    for (const [board, { members, sums, known }] of batch.boards) {
      if (known !== undefined) knownScores.change(board, members.keys(), sums);
    }
    const position = await answer.finally(() => {
      if (unanswered.get(place) === number) unanswered.delete(place);
    });
    if (position === BY_NUMBERS) leaveOut(names);
    if (position === BY_NUMBERS || position === NOT_AS_SUPPOSED) return undefined;
    return {
      position: position as number,
      parts: parts.map(() => ({ status: 'settled', duplicates: 0, refused: [] })),
    };
  };

  return {
    apply: (batch, partition) => add(batch, partition, ANY_BEFORE),
    async applyBehind(batch, partition) {
      const before = unanswered.get(batch.partition);
      return before === undefined ? undefined : add(batch, partition, before);
    },
  };
}

function argumentsOf(batch: SummedBatch, numbers: readonly string[]): (string | Buffer)[] {
  const { lengths, boards, members, sums, lasts, producers, counters, counterSums, ...rest } = batch.pack();
  const { kinds, values, rated, expected, handlers } = rest;
  const { products, counterNames, players } = counters;
  return [
    ...[lengths, String(batch.amounts), boards, members, sums, lasts, producers],
    ...[products, counterNames, players, counters.counters, counterSums, kinds, values],
    ...numbers,
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
