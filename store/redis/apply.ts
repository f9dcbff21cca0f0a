import { setTimeout as pause } from 'node:timers/promises';
import { assert } from '../../runtime/errors.ts';
import type { MatchRules } from '../match-rules.ts';
import {
  type Batch,
  type BatchVerdict,
  MAX_APPLIED_OPERATIONS,
  MAX_BATCH_OPERATIONS,
  type Part,
  type ScoreStore,
  type StoreOptions,
  StoreUnavailableError,
} from '../score-store.ts';
import { AppendedEvents } from './appended-events.ts';
import { createSums } from './apply-sums.ts';
import { type BatchNumbers, BatchOrder, UNNUMBERED } from './batch-order.ts';
import { PackedBatch } from './batches.ts';
import { BoardWindows } from './board-windows.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import type { KnownMatch } from './known-match.ts';
import { KnownScores, type MemberScores } from './known-scores.ts';
import { createMatchRefresh } from './match-refresh.ts';
import { OpenMatches } from './open-matches.ts';
import { type RatingScoring, type RefusedElsewhere, rateBatch, withRefused } from './rated-batch.ts';
import { parseState, type RatedState } from './rated-state.ts';
import type { RunScript } from './scripts.ts';
import { type Attempt, argumentsOf, keysOf, limitsOf, type Sending, scoresOf } from './sending.ts';
import { joinVerdicts, splitParts } from './split-parts.ts';
import { Turns } from './turns.ts';
import { type SettledReply, toBatchVerdict } from './verdicts.ts';

type ApplyReply =
  | SettledReply
  | [-1, OtherWindows]
  | [-2, state: Buffer]
  | [-3, refused: readonly number[]]
  | [-4];

/** How often the settings of boards may change under a batch. */
const MAX_SETTINGS = 10;
/** How often others may have changed what a batch was computed from, before it is halved. */
const MAX_CONFLICTS = 3;
/** How long is tried to apply a result, or an event, while others change the same scores, and how long the pauses between are at most. */
const MAX_RATING_MS = 5000;
const MAX_PAUSE_MS = 50;

/** Sends a batch with a number, so that another one may be sent behind it. */
type Numbered = (call: (numbers: BatchNumbers) => Promise<ApplyReply>) => Promise<ApplyReply>;

const ANY = UNNUMBERED.before;

/** Or the boards, by their places, that have other settings about windows than the batch was packed for. */
type Outcome = BatchVerdict | OtherWindows;
type OtherWindows = readonly (number | Buffer)[];

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
): Required<Pick<ScoreStore, 'apply' | 'applyBehind'>> {
  const boardWindows = new BoardWindows(options.windowRetentionMs);
  const knownScores = new KnownScores();
  const openMatches = new OpenMatches(createMatchRefresh(run, keys));
  /** By partition: batches of one engine with results, or events of a match, would only be in each other's way. */
  const turns = new Turns<number>();
  const limits = limitsOf(options);
  const order = new BatchOrder();
  const sums = createSums(run, options, { boardWindows, knownScores, scoring, order });

  const send = async (sending: Sending, attempted: Attempt): Promise<ApplyReply> =>
    (await run(
      'apply',
      keysOf(sending, order.engine),
      argumentsOf(sending, limits, attempted),
      'bytes',
    )) as ApplyReply;

  const learnWindows = (batch: PackedBatch, found: OtherWindows): void => {
    const ids = batch.boards.counts();
    for (let i = 0; i < found.length; i += 2) {
      const [id = ''] = ids[Number(found[i]) - 1] ?? [];
      boardWindows.learn(id, String(found[i + 1]));
    }
  };

  const attempt = async (sending: Sending, numbered?: Numbered): Promise<Outcome> => {
    const { hasRejects, parts } = sending.batch;
    let reply = await (numbered?.((numbers) => send(sending, { tellsEvents: hasRejects, numbers })) ??
      send(sending, { tellsEvents: hasRejects }));
    if (reply[0] === -3) reply = await send(sending, { tellsEvents: true });
    return reply[0] === -1 ? reply[1] : toBatchVerdict(reply as SettledReply, parts);
  };

  /** One that is sent as it is, in one step. */
  const attemptBehind = async (
    whole: Batch,
    partition: PartitionKeys,
    before: string,
  ): Promise<BatchVerdict | undefined> => {
    if (countOf(whole.parts) > MAX_BATCH_OPERATIONS) return undefined;
    const batch = new PackedBatch(whole.parts);
    if (batch.isEvaluated) return undefined;
    const { acceptedAt } = whole;
    const sending = { partition, acceptedAt, batch, windows: boardWindows.at(batch, acceptedAt) };
    const reply = await order.send(whole.partition, before, (numbers) =>
      send(sending, { tellsEvents: batch.hasRejects, numbers }),
    );
    return reply[0] < 0 ? undefined : toBatchVerdict(reply as SettledReply, batch.parts);
  };

  /** With the windows that its boards have by then. */
  const settle = async (
    whole: Batch,
    batch: PackedBatch,
    deadline: number,
    numbered?: Numbered,
  ): Promise<BatchVerdict> => {
    const partition = keys.partitions[whole.partition];
    assert(partition, 'a batch is for a partition that exists');
    for (let attempts = 0; attempts < MAX_SETTINGS; attempts++) {
      const windows = boardWindows.at(batch, whole.acceptedAt);
      const sending = { partition, acceptedAt: whole.acceptedAt, batch, windows };
      const { isEvaluated } = batch;
      const outcome = await (isEvaluated
        ? attemptEvaluated(whole, sending, deadline)
        : attempt(sending, attempts === 0 ? numbered : undefined));
      if ('parts' in outcome) return outcome;
      learnWindows(batch, outcome);
    }
    throw new StoreUnavailableError('the windows of boards change all the time', { change: 'refused' });
  };

  /** What comes of a batch that was computed from this state, and without what apply.lua is known to refuse by itself, once it does. */
  const evaluate = async (
    sending: Sending,
    matches: readonly KnownMatch[],
    state: RatedState | undefined,
    refused: RefusedElsewhere | undefined,
  ) => {
    const { batch, acceptedAt } = sending;
    const appended = new AppendedEvents(matches, acceptedAt, rules);
    let isCommitted = false;
    try {
      const rated = state && rateBatch(batch, state, scoring, appended, refused);
      const refuses = refused !== undefined || batch.hasRejects || (rated?.refused.length ?? 0) > 0;
      const reply = await send(sending, { state, rated, tellsEvents: refuses });
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
    let refused: RefusedElsewhere | undefined;
    for (let attempts = 0; ; ) {
      const { reply, rated } = await evaluate(sending, matches, state, refused);
      if (reply[0] === -1) return reply[1];
      if (reply[0] === -3) {
        refused = withRefused(reply[1], refused ?? new Map(), rated, (all) => {
          const appended = new AppendedEvents(matches, sending.acceptedAt, rules);
          const again = state && rateBatch(batch, state, scoring, appended, all);
          appended.settle(false);
          return again;
        });
        continue;
      }
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
      refused &&= new Map();
      keep(boards, found.boards);
      await openMatches.update(matches, found.matches);
      state = { ...found, matches: matches.map(({ version }) => version) };
      if (attempts++ < MAX_CONFLICTS) continue;
      const halves = splitParts(whole.parts);
      if (halves !== undefined) return settleHalves(whole, halves, deadline);
      if (performance.now() > deadline) {
        throw new StoreUnavailableError('others change the same scores or matches all the time', {
          change: 'refused',
        });
      }
      await pause(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** (attempts - MAX_CONFLICTS - 1)));
    }
  };

  const settleHalves = (
    whole: Batch,
    halves: readonly [readonly Part[], readonly Part[]],
    deadline: number,
  ): Promise<BatchVerdict> =>
    inTurn(halves, (parts) => settle({ ...whole, parts }, new PackedBatch(parts), deadline));

  /** One step takes `MAX_BATCH_OPERATIONS`, so that none holds Redis up for long. Only what is one step has a number: nothing may come between several. */
  const applyInSteps = async (whole: Batch, numbered?: Numbered): Promise<BatchVerdict> => {
    const halves = countOf(whole.parts) > MAX_BATCH_OPERATIONS ? splitParts(whole.parts) : undefined;
    if (halves !== undefined) return inTurn(halves, (parts) => applyInSteps({ ...whole, parts }));
    const batch = new PackedBatch(whole.parts);
    if (!batch.isEvaluated) return settle(whole, batch, 0, numbered);
    return turns.take(whole.partition, () => settle(whole, batch, performance.now() + MAX_RATING_MS));
  };

  const inTurn = async (
    [one, other]: readonly [readonly Part[], readonly Part[]],
    applyHalf: (parts: readonly Part[]) => Promise<BatchVerdict>,
  ): Promise<BatchVerdict> => {
    const first = await applyHalf(one);
    try {
      return joinVerdicts(one, first, await applyHalf(other));
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

  const keysOfPartition = ({ partition, parts }: Batch): PartitionKeys => {
    const ofPartition = keys.partitions[partition];
    assert(ofPartition, 'a batch is for a partition that exists');
    assert(countOf(parts) <= MAX_APPLIED_OPERATIONS, 'a batch is not too long');
    return ofPartition;
  };

  return {
    async apply(whole) {
      const partition = keysOfPartition(whole);
      order.interrupt(whole.partition);
      const summed = sums.addUp(whole);
      const verdict = summed && (await sums.apply(whole, summed, partition, ANY));
      if (verdict !== undefined) return verdict;
      // Where it was sent before, what is behind it may be on its way and is not to be applied.
      const numbered: Numbered = (call) => order.send(whole.partition, ANY, call);
      return applyInSteps(whole, summed === undefined ? numbered : undefined);
    },

    async applyBehind(whole) {
      const partition = keysOfPartition(whole);
      const before = order.unanswered(whole.partition);
      // Until it is sent.
      order.interrupt(whole.partition);
      if (before === undefined) return undefined;
      const summed = sums.addUp(whole);
      return summed === undefined
        ? attemptBehind(whole, partition, before)
        : sums.apply(whole, summed, partition, before);
    },
  };
}

function countOf(parts: readonly Part[]): number {
  let count = 0;
  for (const { operations } of parts) count += operations.length;
  return count;
}
