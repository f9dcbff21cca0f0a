import { rateResult, type Scoring } from '../../scoring/scoring.ts';
import { endOfEvent, numbersOf } from '../events.ts';
import type { Operation, ResultOperation, ScoreOperation } from '../score-store.ts';
import type { AppendedEvents } from './appended-events.ts';
import { DOUBLE_BYTES, KIND_BYTES, OPERATION_NUMBERS, type PackedBatch } from './batches.ts';
import { packDoubles } from './packing.ts';
import type { RatedBoard, RatedState } from './rated-state.ts';
import { numberOfCode } from './refusals.ts';

export type RatingScoring = Pick<Scoring, 'leaderboard' | 'failed'>;

/** A batch with results, or events of matches, computed from a state: how it is to be applied where the state is still so. */
export interface RatedBatch {
  /** Of each result that is not refused the new scores of winner and loser, on its board, then in each of its windows; NaN where one stays. */
  readonly outcomes: Buffer;
  /** Those of the batch, with the refused results and events turned into rejects. */
  readonly kinds: Buffer;
  readonly values: Buffer;
  /** Why results and events were refused, by place of the operation from 0. */
  readonly messages: ReadonlyMap<number, string>;
  /** The places from 0 of what was refused here, of results, events of matches, and events with several operations; ascending. */
  readonly refused: readonly number[];
  /** Of its matches, as AppendedEvents packs them. */
  readonly events: Buffer;
  readonly summaries: Buffer;
  /** The boards' scores after it. */
  readonly boards: readonly RatedBoard[];
}

/** Operations of events with several, by place from 0, that apply.lua refuses, with the numbers of their codes. */
export type RefusedElsewhere = ReadonlyMap<number, number>;

/**
 * Evaluates the results, and the events of matches, of a batch in order, over what the operations before them give. Bit for bit what
 * apply.lua computes of the others. What is refused becomes a reject, and of its event nothing is left; apply.lua takes the others of
 * the event back by itself.
 */
export function rateBatch(
  batch: PackedBatch,
  state: RatedState,
  scoring: RatingScoring,
  appended: AppendedEvents,
  refusedElsewhere: RefusedElsewhere = new Map(),
): RatedBatch {
  const boards = state.boards.map(({ order, levels }) => ({
    order,
    levels: levels.map((scores) => scores.slice()),
  }));
  const boardOf = new Map([...batch.ratedBoards].map((id, place) => [id, boards[place]] as const));
  // A board with fewer windows than another has nothing on the deeper levels.
  const width = 2 * Math.max(0, ...boards.map(({ levels }) => levels.length));
  const outcomes: number[] = [];
  const kinds = Buffer.from(batch.lists.kinds);
  const values = Buffer.from(batch.lists.values);
  const messages = new Map<number, string>();
  const refused: number[] = [];
  /** How many operations so far append an event. */
  let events = 0;

  const count = ({ op }: Operation): void => {
    if (op === 'append') events++;
    else if (op === 'result') for (let i = 0; i < width; i++) outcomes.push(Number.NaN);
  };

  const reject = (index: number, code: number): void => {
    kinds.writeUInt8(OPERATION_NUMBERS.reject, index * KIND_BYTES);
    values.writeDoubleLE(code, index * DOUBLE_BYTES);
  };

  /** Gives why it is refused, which changes nothing. */
  const applyResult = (
    operation: ResultOperation,
    index: number,
    { levels }: RatedBoard,
  ): string | undefined => {
    const [winner, loser] = [(batch.places[index] ?? 0) - 1, (batch.opponents[index] ?? 0) - 1];
    const begin = outcomes.length - width;
    for (const [depth, scores] of levels.entries()) {
      const current = { winner: scoreOrNull(scores[winner]), loser: scoreOrNull(scores[loser]) };
      const outcome = rateResult(scoring, operation, current);
      if (!('refused' in outcome)) {
        if (outcome.winner !== undefined) scores[winner] = outcome.winner;
        if (outcome.loser !== undefined) scores[loser] = outcome.loser;
        outcomes[begin + 2 * depth] = outcome.winner ?? Number.NaN;
        outcomes[begin + 2 * depth + 1] = outcome.loser ?? Number.NaN;
      } else if (depth === 0) return outcome.refused;
    }
    return undefined;
  };

  /** Of what is refused, the number of the code. Of a score alone apply.lua says it. */
  const applyOne = (operation: Operation, index: number, isAlone: boolean): number | undefined => {
    const elsewhere = refusedElsewhere.get(index);
    if (elsewhere !== undefined) return elsewhere;
    if (operation.op === 'reject' && !isAlone) return numberOfCode(operation.code);
    if (operation.op === 'append') {
      const refusal = appended.append(operation, events);
      if (refusal?.message !== undefined) messages.set(index, refusal.message);
      return refusal && numberOfCode(refusal.code);
    }
    const board = 'board' in operation ? boardOf.get(operation.board) : undefined;
    if (board === undefined) return undefined;
    if (operation.op === 'result') {
      const why = applyResult(operation, index, board);
      if (why === undefined) return undefined;
      messages.set(index, why);
      return numberOfCode('malformed');
    }
    if (!('value' in operation)) return undefined;
    const isApplied = applyScore(operation, (batch.places[index] ?? 0) - 1, board);
    return isApplied || isAlone ? undefined : numberOfCode('malformed');
  };

  /** What puts the scores back that the operation may change. */
  const scoresOf = (operation: Operation, index: number): (() => void)[] => {
    const board = 'board' in operation ? boardOf.get(operation.board) : undefined;
    if (board === undefined) return [];
    const members = [(batch.places[index] ?? 0) - 1];
    if (operation.op === 'result') members.push((batch.opponents[index] ?? 0) - 1);
    return members.flatMap((member) =>
      board.levels.map((scores) => {
        const score = scores[member] ?? Number.NaN;
        return () => {
          scores[member] = score;
        };
      }),
    );
  };

  /** The operations from the one to before the other; `first` is the place of the first of the part. */
  const applyEvent = (operations: readonly Operation[], from: number, to: number, first: number): void => {
    const isAlone = to - from === 1;
    const undo: (() => void)[] = [];
    let isRefused = false;
    for (let place = from; place < to; place++) {
      const operation = operations[place] as Operation;
      const index = first + place;
      const begin = outcomes.length;
      count(operation);
      if (isRefused) continue;
      if (!isAlone) undo.push(...scoresOf(operation, index));
      const code = applyOne(operation, index, isAlone);
      if (code === undefined) continue;
      isRefused = true;
      outcomes.length = begin;
      reject(index, code);
      if (!refusedElsewhere.has(index)) refused.push(index);
      for (let step = undo.pop(); step !== undefined; step = undo.pop()) step();
      const message = messages.get(index);
      if (message !== undefined) for (let i = from; i < to; i++) messages.set(first + i, message);
    }
  };

  let first = 0;
  let producers = 0;
  for (const part of batch.parts) {
    const { operations, producer } = part;
    const together = numbersOf(part);
    const duplicates = producer === undefined ? 0 : (state.duplicates[producers++] ?? 0);
    const isNewFrom = duplicates < 0 ? operations.length : duplicates;
    for (let from = 0, to: number; from < operations.length; from = to) {
      to = endOfEvent(together, from);
      if (from >= isNewFrom) {
        applyEvent(operations, from, to, first);
        continue;
      }
      for (let place = from; place < to; place++) count(operations[place] as Operation);
    }
    first += operations.length;
  }
  return {
    ...{ outcomes: packDoubles(outcomes), kinds, values, messages, refused, boards },
    ...{ events: appended.packEvents(batch.eventCount), summaries: appended.packSummaries() },
  };
}

/** False where the score of the board would not be finite: the operation is refused. In a window the old score stays. */
function applyScore(operation: ScoreOperation, member: number, { order, levels }: RatedBoard): boolean {
  if (!Number.isFinite(operation.value)) return false;
  for (const [depth, scores] of levels.entries()) {
    const score = scoreAfter(operation, scores[member] ?? Number.NaN, order);
    if (Number.isFinite(score)) scores[member] = score;
    else if (depth === 0) return false;
  }
  return true;
}

function scoreAfter({ op, value }: ScoreOperation, old: number, order: RatedBoard['order']): number {
  // Adding 0 makes 0 of -0.
  if (Number.isNaN(old) || op === 'set') return value + 0;
  if (op === 'delta') return old + value;
  return (order === 'desc' ? old >= value : old <= value) ? old : value + 0;
}

export function scoreOrNull(score = Number.NaN): number | null {
  return Number.isNaN(score) ? null : score;
}

/**
 * What apply.lua has refused by itself, as far as it is certain: what is rated without it may be refused, or not be refused any more, and
 * what comes after that has to be asked again. `refused` are places of operations from 1 and numbers of codes.
 */
export function withRefused(
  refused: readonly number[],
  known: RefusedElsewhere,
  rated: RatedBatch | undefined,
  rate: (elsewhere: RefusedElsewhere) => RatedBatch | undefined,
): RefusedElsewhere {
  const all = new Map(known);
  for (let i = 0; i < refused.length; i += 2) all.set((refused[i] ?? 0) - 1, refused[i + 1] ?? 0);
  const differsAt = firstDifference(rated?.refused ?? [], rate(all)?.refused ?? []);
  return new Map([...all].filter(([place]) => place < differsAt));
}

/** The lowest number that only one of these ascending lists has. */
function firstDifference(one: readonly number[], other: readonly number[]): number {
  let i = 0;
  while (i < one.length && one[i] === other[i]) i++;
  return Math.min(one[i] ?? Number.POSITIVE_INFINITY, other[i] ?? Number.POSITIVE_INFINITY);
}
