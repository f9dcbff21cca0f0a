import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
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
import { PackedBatch } from './batches.ts';
import { BoardWindows, type CurrentWindows, packWindows } from './board-windows.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import { KnownScores, type MemberScores } from './known-scores.ts';
import { packUint16s } from './packing.ts';
import { type RatedBatch, type RatingScoring, rateBatch } from './rated-batch.ts';
import { packState, parseState, type RatedState } from './rated-state.ts';
import { formatConfig } from './replies.ts';
import type { RunScript, ScriptArgument } from './scripts.ts';
import { joinVerdicts, splitParts } from './split-parts.ts';
import { type SettledReply, toBatchVerdict } from './verdicts.ts';

type ApplyReply = SettledReply | [-1, otherWindows: (number | Buffer)[]] | [-2, state: Buffer];

export const NEW_CONFIG = formatConfig(DEFAULT_BOARD_CONFIG);
const NOTHING = Buffer.alloc(0);

/** How often the settings of boards may change under a batch. */
const MAX_SETTINGS = 10;
/** How often others may have changed what a batch with results was computed from, before it is halved. */
const MAX_CONFLICTS = 3;
/** How long is tried to apply a result while others change the same scores, and how long the pauses between are at most. */
const MAX_RATING_MS = 5000;
const MAX_PAUSE_MS = 50;

/** A batch that is to be applied as one. */
interface Sending {
  readonly partition: PartitionKeys;
  readonly acceptedAt: number;
  readonly batch: PackedBatch;
  readonly windows: readonly CurrentWindows[];
}

/**
 * Results are computed here, from what their boards hold, and applied by a script only where they still hold it (compare and set). Where
 * others write the same scores all the time, the batch is halved again and again, down to one event: each then has to hit the moment only for itself.
 */
export function createApply(
  run: RunScript,
  keys: Keys,
  options: StoreOptions,
  scoring: RatingScoring,
): Pick<ScoreStore, 'apply'> {
  const boardWindows = new BoardWindows(options.windowRetentionMs);
  const knownScores = new KnownScores();
  const limits = [
    ...[options.maxDirtyNames, NEW_CONFIG, options.logOperations, MAX_REMEMBERED_REJECTIONS],
    ...[options.producerRetentionMs, partRetentionMs(options.onceRetentionMs), options.maxCountersPerProduct],
  ].map(String);

  const send = async (sending: Sending, state?: RatedState, rated?: RatedBatch): Promise<ApplyReply> => {
    const { batch, acceptedAt, windows } = sending;
    const { lists, producers, ratedBoards } = batch;
    const { lengths, boards, members, profiles, names, products, counterNames, players } = lists;
    const { counters, areas, users, modes, handlers, kinds, values } = lists;
    const args: ScriptArgument[] = [
      ...[String(acceptedAt), ...limits, lengths, boards, members, profiles, names, products, counterNames],
      ...[players, counters, areas, users, modes, handlers, rated?.kinds ?? kinds, rated?.values ?? values],
      ...[...producers, packWindows(windows), ratedBoards.size === 0 ? NOTHING : packPlaces(batch)],
      ...[state === undefined ? NOTHING : packState(state), rated?.outcomes ?? NOTHING],
    ];
    return (await run('apply', keysOf(sending), args, 'bytes')) as ApplyReply;
  };

  const learnWindows = (batch: PackedBatch, found: readonly (number | Buffer)[]): void => {
    const ids = batch.boards.counts();
    for (let i = 0; i < found.length; i += 2) {
      const [id = ''] = ids[Number(found[i]) - 1] ?? [];
      boardWindows.learn(id, String(found[i + 1]));
    }
  };

  /** With the windows that its boards have by then. */
  const settle = async (
    { partition: number, acceptedAt, parts }: Batch,
    attempt: (sending: Sending) => Promise<BatchVerdict | readonly (number | Buffer)[]>,
  ): Promise<BatchVerdict> => {
    const partition = keys.partitions[number];
    assert(partition, 'a batch is for a partition that exists');
    const batch = new PackedBatch(parts);
    assert(batch.operations.length <= MAX_BATCH_OPERATIONS, 'a batch is not too long');
    for (let attempts = 0; attempts < MAX_SETTINGS; attempts++) {
      const windows = boardWindows.at(batch, acceptedAt);
      const outcome = await attempt({ partition, acceptedAt, batch, windows });
      if ('parts' in outcome) return outcome;
      learnWindows(batch, outcome);
    }
    throw new StoreUnavailableError('the windows of boards change all the time', { change: 'refused' });
  };

  const settleResults = (whole: Batch, deadline: number): Promise<BatchVerdict> =>
    settle(whole, async (sending) => {
      const { batch } = sending;
      const boards = scoresOf(sending);
      let state = guess(batch, boards);
      for (let attempts = 0; ; attempts++) {
        const rated = state && rateBatch(batch, state, scoring);
        const reply = await send(sending, state, rated);
        if (reply[0] === -1) return reply[1];
        if (reply[0] !== -2) {
          keep(boards, rated?.boards);
          return toBatchVerdict(reply as SettledReply, batch.parts, rated?.messages);
        }
        state = parseState(reply[1] as Buffer, {
          parts: batch.parts.filter(({ producer }) => producer !== undefined).length,
          boards: boards.map(({ members, keys: levels }) => ({
            members: members.length,
            levels: levels.length,
          })),
        });
        keep(boards, state.boards);
        if (attempts < MAX_CONFLICTS) continue;
        const halves = splitParts(whole.parts);
        if (halves !== undefined) return settleHalves(whole, halves, deadline);
        if (performance.now() > deadline) {
          throw new StoreUnavailableError('others change the same scores all the time', {
            change: 'refused',
          });
        }
        await pause(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** (attempts - MAX_CONFLICTS)));
      }
    });

  const settleHalves = async (
    whole: Batch,
    [one, other]: readonly [readonly Part[], readonly Part[]],
    deadline: number,
  ): Promise<BatchVerdict> => {
    const first = await settleResults({ ...whole, parts: one }, deadline);
    try {
      return joinVerdicts(one, first, await settleResults({ ...whole, parts: other }, deadline));
    } catch (cause) {
      if (!(cause instanceof StoreUnavailableError)) throw cause;
      // Half of it has happened.
      throw new StoreUnavailableError(cause.message, { cause });
    }
  };

  /** From what was seen last. */
  const guess = (batch: PackedBatch, boards: readonly MemberScores[]): RatedState | undefined => {
    const known = boards.map((board) => knownScores.find(board));
    if (known.includes(undefined)) return undefined;
    return {
      duplicates: batch.parts.filter(({ producer }) => producer !== undefined).map(() => 0),
      boards: known.flatMap((board) => board ?? []),
    };
  };

  const keep = (boards: readonly MemberScores[], scores: RatedState['boards'] = []): void => {
    for (const [i, board] of boards.entries()) {
      const ofBoard = scores[i];
      if (ofBoard !== undefined) knownScores.keep(board, ofBoard);
    }
  };

  return {
    async apply(batch): Promise<BatchVerdict> {
      const hasResults = batch.parts.some(({ operations }) => operations.some(({ op }) => op === 'result'));
      if (hasResults) return settleResults(batch, performance.now() + MAX_RATING_MS);
      return settle(batch, async (sending) => {
        const reply = await send(sending);
        if (reply[0] === -1) return reply[1];
        return toBatchVerdict(reply as SettledReply, batch.parts);
      });
    },
  };
}

function keysOf({ partition, batch, windows }: Sending): string[] {
  const { position, dirty, allDirty, boards, configs, totals, profiles, log, created } = partition;
  const scriptKeys = [position, dirty, allDirty, boards, configs, totals, profiles, log, created];
  scriptKeys.push(partition.windows, partition.counters, partition.sessions, partition.logins);
  for (const [id] of batch.boards.counts()) {
    const { ranking, arrivals } = partition.board(id);
    scriptKeys.push(ranking, arrivals);
  }
  for (const { board, windows: ofBoard } of windows) {
    scriptKeys.push(partition.board(board).windows);
    for (const { name } of ofBoard) {
      const { ranking, arrivals } = partition.board(`${board}@${name}`);
      scriptKeys.push(ranking, arrivals);
    }
  }
  for (const [product] of batch.products.counts()) scriptKeys.push(partition.counterNames(product));
  for (const [area] of batch.areas.counts()) scriptKeys.push(partition.area(area));
  for (const { producer } of batch.parts) {
    if (producer !== undefined) scriptKeys.push(partition.producer(producer.id));
  }
  return scriptKeys;
}

function packPlaces({ boards, ratedBoards }: PackedBatch): Buffer {
  const ids = boards.counts().map(([id]) => id);
  return packUint16s([...ratedBoards].map((id) => ids.indexOf(id) + 1));
}

/** The boards with results, with their windows. */
function scoresOf({ batch, windows }: Sending): readonly MemberScores[] {
  const windowsOf = new Map(windows.map((each) => [each.board, each.windows] as const));
  return [...batch.ratedBoards].map((board) => ({
    keys: [board, ...(windowsOf.get(board) ?? []).map(({ name }) => `${board}@${name}`)],
    members: batch.boards.textsOf(board),
  }));
}
