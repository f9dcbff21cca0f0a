import { DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { partRetentionMs } from '../once.ts';
import { MAX_REMEMBERED_REJECTIONS, type StoreOptions } from '../score-store.ts';
import { windowKey } from '../windows-of.ts';
import { type BatchNumbers, UNNUMBERED } from './batch-order.ts';
import type { PackedBatch } from './batches.ts';
import { type CurrentWindows, packWindows } from './board-windows.ts';
import type { PartitionKeys } from './keys.ts';
import type { MemberScores } from './known-scores.ts';
import { packDoubles, packUint16s } from './packing.ts';
import type { RatedBatch } from './rated-batch.ts';
import { packState, type RatedState } from './rated-state.ts';
import { formatConfig } from './replies.ts';
import type { ScriptArgument } from './scripts.ts';

/** A batch that is to be applied as one. */
export interface Sending {
  readonly partition: PartitionKeys;
  readonly acceptedAt: number;
  readonly batch: PackedBatch;
  readonly windows: readonly CurrentWindows[];
}

/** What a batch is sent with. */
export interface Attempt {
  /** Where it is evaluated here: from what, and to what. */
  readonly state?: RatedState | undefined;
  readonly rated?: RatedBatch | undefined;
  /** Whether apply.lua is told which events have several operations, which it needs where something is refused. */
  readonly tellsEvents: boolean;
  readonly numbers?: BatchNumbers;
}

/** What apply.lua is told with every batch. */
export interface Limits {
  readonly ofAll: readonly string[];
  readonly maxCountersPerProduct: string;
}

export const NEW_CONFIG = formatConfig(DEFAULT_BOARD_CONFIG);
const NOTHING = Buffer.alloc(0);
const UNTOLD = '?';

export function limitsOf(options: StoreOptions): Limits {
  const ofAll = [
    ...[options.maxDirtyNames, NEW_CONFIG, options.logOperations, MAX_REMEMBERED_REJECTIONS],
    ...[options.producerRetentionMs, partRetentionMs(options.onceRetentionMs)],
  ].map(String);
  return { ofAll, maxCountersPerProduct: String(options.maxCountersPerProduct) };
}

/** ARGV of apply.lua; its header has the format. */
export function argumentsOf(sending: Sending, limits: Limits, attempt: Attempt): readonly ScriptArgument[] {
  const { batch, acceptedAt } = sending;
  const { rated } = attempt;
  const { lengths, boards, members, profiles, names, kinds, values } = batch.lists;
  const args: ScriptArgument[] = [
    ...[String(acceptedAt), ...limits.ofAll, Buffer.concat([lengths, numbersOf(attempt)])],
    ...[boards, members, profiles, names],
    ...[rated?.kinds ?? kinds, rated?.values ?? values, ...batch.producers, severalOf(batch, attempt)],
  ];
  if (hasOthers(sending)) args.push(...othersOf(sending, limits, attempt));
  return args;
}

function numbersOf({ numbers = UNNUMBERED }: Attempt): Buffer {
  return packDoubles([Number(numbers.number), Number(numbers.before)]);
}

function othersOf(
  { batch, windows }: Sending,
  { maxCountersPerProduct }: Limits,
  { state, rated }: Attempt,
): readonly ScriptArgument[] {
  const { otherLengths, products, counterNames, players, counters, areas, users, modes } = batch.lists;
  return [
    ...[otherLengths, maxCountersPerProduct, products, counterNames, players, counters],
    ...[areas, users, modes, batch.lists.handlers, packWindows(windows), packPlaces(batch)],
    ...[state === undefined ? NOTHING : packState(state), rated?.outcomes ?? NOTHING],
    ...eventsOf(batch, rated),
    ...pointsOf(batch),
  ];
}

function severalOf({ severalOperations }: PackedBatch, { tellsEvents }: Attempt): ScriptArgument {
  return tellsEvents || severalOperations.length === 0 ? severalOperations : UNTOLD;
}

function hasOthers({ batch, windows }: Sending): boolean {
  return batch.hasOthers || windows.length > 0;
}

/** KEYS of apply.lua. */
export function keysOf(sending: Sending, engine: string): string[] {
  const { partition, batch } = sending;
  const { position, dirty, allDirty, boards, configs, totals, profiles, log, created } = partition;
  const scriptKeys = [position, dirty, allDirty, boards, configs, totals, profiles, log, created];
  scriptKeys.push(partition.lastBatch(engine));
  for (const [id] of batch.boards.counts()) {
    const { ranking, arrivals } = partition.board(id);
    scriptKeys.push(ranking, arrivals);
  }
  for (const { producer } of batch.parts) {
    if (producer !== undefined) scriptKeys.push(partition.producer(producer.id));
  }
  if (hasOthers(sending)) scriptKeys.push(...otherKeysOf(sending));
  return scriptKeys;
}

function otherKeysOf({ partition, batch, windows }: Sending): string[] {
  const { windows: windowIds, sessions, logins, areas } = partition;
  const scriptKeys = [windowIds, sessions, logins, areas];
  for (const { board, windows: ofBoard } of windows) {
    scriptKeys.push(partition.board(board).windows);
    for (const { name } of ofBoard) {
      const { ranking, arrivals } = partition.board(windowKey(board, name));
      scriptKeys.push(ranking, arrivals);
    }
  }
  for (const product of batch.counters.products) {
    scriptKeys.push(partition.counterNames(product), partition.counters(product));
  }
  for (const [area] of batch.areas.counts()) scriptKeys.push(partition.area(area));
  for (const [id] of batch.tournaments.counts()) {
    const { itself, players, changes } = partition.tournament(id);
    scriptKeys.push(itself, players, changes);
  }
  if (batch.matches.size > 0) scriptKeys.push(partition.matches, partition.summaries);
  for (const match of batch.matches.keys()) scriptKeys.push(partition.matchEvents(match));
  return scriptKeys;
}

function eventsOf(batch: PackedBatch, rated?: RatedBatch): ScriptArgument[] {
  const { matches, eventCount, lists } = batch;
  if (matches.size === 0) return batch.tournaments.size === 0 ? [] : ['', '', '', ''];
  const counts = packUint16s([matches.size, eventCount]);
  return [counts, lists.matches, rated?.events ?? NOTHING, rated?.summaries ?? NOTHING];
}

function pointsOf({ tournaments, lists }: PackedBatch): ScriptArgument[] {
  if (tournaments.size === 0) return [];
  return [packUint16s([tournaments.size]), lists.tournaments, lists.tournamentPlayers];
}

function packPlaces({ boards, ratedBoards }: PackedBatch): Buffer {
  const ids = boards.counts().map(([id]) => id);
  return packUint16s([...ratedBoards].map((id) => ids.indexOf(id) + 1));
}

/** The boards with results, with their windows. */
export function scoresOf({ batch, windows }: Sending): readonly MemberScores[] {
  const windowsOf = new Map(windows.map((each) => [each.board, each.windows] as const));
  return [...batch.ratedBoards].map((board) => ({
    keys: [board, ...(windowsOf.get(board) ?? []).map(({ name }) => windowKey(board, name))],
    members: batch.boards.textsOf(board),
  }));
}
