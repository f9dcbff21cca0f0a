import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
import type { MatchRules } from '../match-rules.ts';
import { partRetentionMs } from '../once.ts';
import {
  type Batch,
  type BatchVerdict,
  MAX_BATCH_OPERATIONS,
  MAX_REMEMBERED_REJECTIONS,
  type Part,
  type ScoreStore,
  type StoreOptions,
  StoreUnavailableError,
} from '../score-store.ts';
import { windowKey } from '../windows-of.ts';
import { AppendedEvents } from './appended-events.ts';
import { PackedBatch } from './batches.ts';
import { BoardWindows, type CurrentWindows, packWindows } from './board-windows.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import type { KnownMatch } from './known-match.ts';
import { KnownScores, type MemberScores } from './known-scores.ts';
import { createMatchRefresh } from './match-refresh.ts';
import { OpenMatches } from './open-matches.ts';
import { packUint16s } from './packing.ts';
import { type RatedBatch, type RatingScoring, rateBatch } from './rated-batch.ts';
import { packState, parseState, type RatedState } from './rated-state.ts';
import { formatConfig } from './replies.ts';
import type { RunScript, ScriptArgument } from './scripts.ts';
import { joinVerdicts, splitParts } from './split-parts.ts';
import { Turns } from './turns.ts';
import { type SettledReply, toBatchVerdict } from './verdicts.ts';

type ApplyReply = SettledReply | [-1, OtherWindows] | [-2, state: Buffer];

export const NEW_CONFIG = formatConfig(DEFAULT_BOARD_CONFIG);
const NOTHING = Buffer.alloc(0);

/** How often the settings of boards may change under a batch. */
const MAX_SETTINGS = 10;
/** How often others may have changed what a batch was computed from, before it is halved. */
const MAX_CONFLICTS = 3;
/** How long is tried to apply a result, or an event, while others change the same scores, and how long the pauses between are at most. */
const MAX_RATING_MS = 5000;
const MAX_PAUSE_MS = 50;

/** Or the boards, by their places, that have other settings about windows than the batch was packed for. */
type Outcome = BatchVerdict | OtherWindows;
type OtherWindows = readonly (number | Buffer)[];

/** A batch that is to be applied as one. */
interface Sending {
  readonly partition: PartitionKeys;
  readonly acceptedAt: number;
  readonly batch: PackedBatch;
  readonly windows: readonly CurrentWindows[];
}

/**
 * Results are computed here, from what their boards hold, and events of a match are folded here over those before; a script applies them only
 * where boards and matches are still so (compare and set). Where others write the same all the time, the batch is halved again and again, down to
 * one event: each then has to hit the moment only for itself.
 */
export function createApply(
  run: RunScript,
  keys: Keys,
  options: StoreOptions,
  { scoring, rules }: { readonly scoring: RatingScoring; readonly rules: MatchRules },
): Pick<ScoreStore, 'apply'> {
  const boardWindows = new BoardWindows(options.windowRetentionMs);
  const knownScores = new KnownScores();
  const openMatches = new OpenMatches(createMatchRefresh(run, keys));
  /** By partition: batches of one engine with results, or events of a match, would only be in each other's way. */
  const turns = new Turns<number>();
  const limits = [
    ...[options.maxDirtyNames, NEW_CONFIG, options.logOperations, MAX_REMEMBERED_REJECTIONS],
    ...[options.producerRetentionMs, partRetentionMs(options.onceRetentionMs)],
  ].map(String);

  const send = async (sending: Sending, state?: RatedState, rated?: RatedBatch): Promise<ApplyReply> => {
    const { batch, acceptedAt } = sending;
    const { lengths, boards, members, profiles, names, kinds, values } = batch.lists;
    const args: ScriptArgument[] = [
      ...[String(acceptedAt), ...limits, lengths, boards, members, profiles, names],
      ...[rated?.kinds ?? kinds, rated?.values ?? values, ...batch.producers],
    ];
    if (hasOthers(sending)) args.push(...othersOf(sending, state, rated));
    return (await run('apply', keysOf(sending), args, 'bytes')) as ApplyReply;
  };

  const othersOf = (
    { batch, windows }: Sending,
    state?: RatedState,
    rated?: RatedBatch,
  ): ScriptArgument[] => {
    const { otherLengths, products, counterNames, players, counters, areas, users, modes } = batch.lists;
    return [
      ...[otherLengths, String(options.maxCountersPerProduct), products, counterNames, players, counters],
      ...[areas, users, modes, batch.lists.handlers, packWindows(windows), packPlaces(batch)],
      ...[state === undefined ? NOTHING : packState(state), rated?.outcomes ?? NOTHING],
      ...eventsOf(batch, rated),
      ...pointsOf(batch),
    ];
  };

  const learnWindows = (batch: PackedBatch, found: OtherWindows): void => {
    const ids = batch.boards.counts();
    for (let i = 0; i < found.length; i += 2) {
      const [id = ''] = ids[Number(found[i]) - 1] ?? [];
      boardWindows.learn(id, String(found[i + 1]));
    }
  };

  const attempt = async (sending: Sending): Promise<Outcome> => {
    const reply = await send(sending);
    return reply[0] === -1 ? reply[1] : toBatchVerdict(reply as SettledReply, sending.batch.parts);
  };

  /** With the windows that its boards have by then. */
  const settle = async (whole: Batch, batch: PackedBatch, deadline: number): Promise<BatchVerdict> => {
    const partition = keys.partitions[whole.partition];
    assert(partition, 'a batch is for a partition that exists');
    for (let attempts = 0; attempts < MAX_SETTINGS; attempts++) {
      const windows = boardWindows.at(batch, whole.acceptedAt);
      const sending = { partition, acceptedAt: whole.acceptedAt, batch, windows };
      const { isEvaluated } = batch;
      const outcome = await (isEvaluated ? attemptEvaluated(whole, sending, deadline) : attempt(sending));
      if ('parts' in outcome) return outcome;
      learnWindows(batch, outcome);
    }
    throw new StoreUnavailableError('the windows of boards change all the time', { change: 'refused' });
  };

  /** What comes of a batch that was computed from this state. */
  const evaluate = async (sending: Sending, matches: readonly KnownMatch[], state?: RatedState) => {
    const { batch, acceptedAt } = sending;
    const appended = new AppendedEvents(matches, acceptedAt, rules);
    let isCommitted = false;
    try {
      const rated = state && rateBatch(batch, state, scoring, appended);
      const reply = await send(sending, state, rated);
      isCommitted = reply[0] >= 0;
      return { reply, rated };
    } finally {
      appended.settle(isCommitted);
    }
  };

  const attemptEvaluated = async (whole: Batch, sending: Sending, deadline: number): Promise<Outcome> => {
    const { batch } = sending;
    const boards = scoresOf(sending);
    const matches = await openMatches.open([...batch.matches.keys()]);
    let state = guess(batch, boards, matches);
    for (let attempts = 0; ; attempts++) {
      const { reply, rated } = await evaluate(sending, matches, state);
      if (reply[0] === -1) return reply[1];
      if (reply[0] !== -2) {
        keep(boards, rated?.boards);
        return toBatchVerdict(reply as SettledReply, batch.parts, rated?.messages);
      }
      const found = parseState(reply[1] as Buffer, {
        parts: batch.parts.filter(({ producer }) => producer !== undefined).length,
        boards: boards.map(({ members, keys: levels }) => ({
          members: members.length,
          levels: levels.length,
        })),
        matches: matches.length,
      });
      keep(boards, found.boards);
      await openMatches.update(matches, found.matches);
      state = { ...found, matches: matches.map(({ version }) => version) };
      if (attempts < MAX_CONFLICTS) continue;
      const halves = splitParts(whole.parts);
      if (halves !== undefined) return settleHalves(whole, halves, deadline);
      if (performance.now() > deadline) {
        throw new StoreUnavailableError('others change the same scores or matches all the time', {
          change: 'refused',
        });
      }
      await pause(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** (attempts - MAX_CONFLICTS)));
    }
  };

  const settleHalves = async (
    whole: Batch,
    [one, other]: readonly [readonly Part[], readonly Part[]],
    deadline: number,
  ): Promise<BatchVerdict> => {
    const settleHalf = (parts: readonly Part[]) =>
      settle({ ...whole, parts }, new PackedBatch(parts), deadline);
    const first = await settleHalf(one);
    try {
      return joinVerdicts(one, first, await settleHalf(other));
    } catch (cause) {
      if (!(cause instanceof StoreUnavailableError)) throw cause;
      // Half of it has happened.
      throw new StoreUnavailableError(cause.message, { cause });
    }
  };

  /** From what was seen last. */
  const guess = (
    batch: PackedBatch,
    boards: readonly MemberScores[],
    matches: readonly KnownMatch[],
  ): RatedState | undefined => {
    const known = boards.map((board) => knownScores.find(board));
    if (known.includes(undefined)) return undefined;
    return {
      duplicates: batch.parts.filter(({ producer }) => producer !== undefined).map(() => 0),
      boards: known.flatMap((board) => board ?? []),
      matches: matches.map(({ version }) => version),
    };
  };

  const keep = (boards: readonly MemberScores[], scores: RatedState['boards'] = []): void => {
    for (const [i, board] of boards.entries()) {
      const ofBoard = scores[i];
      if (ofBoard !== undefined) knownScores.keep(board, ofBoard);
    }
  };

  return {
    async apply(whole): Promise<BatchVerdict> {
      const batch = new PackedBatch(whole.parts);
      assert(batch.operations.length <= MAX_BATCH_OPERATIONS, 'a batch is not too long');
      if (!batch.isEvaluated) return settle(whole, batch, 0);
      return turns.take(whole.partition, () => settle(whole, batch, performance.now() + MAX_RATING_MS));
    },
  };
}

function hasOthers({ batch, windows }: Sending): boolean {
  return batch.hasOthers || windows.length > 0;
}

function keysOf(sending: Sending): string[] {
  const { partition, batch } = sending;
  const { position, dirty, allDirty, boards, configs, totals, profiles, log, created } = partition;
  const scriptKeys = [position, dirty, allDirty, boards, configs, totals, profiles, log, created];
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
function scoresOf({ batch, windows }: Sending): readonly MemberScores[] {
  const windowsOf = new Map(windows.map((each) => [each.board, each.windows] as const));
  return [...batch.ratedBoards].map((board) => ({
    keys: [board, ...(windowsOf.get(board) ?? []).map(({ name }) => windowKey(board, name))],
    members: batch.boards.textsOf(board),
  }));
}
