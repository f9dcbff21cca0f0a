import type { ErrorCode } from '../../protocol/codes.ts';
import { rateResult, type Scoring } from '../../scoring/scoring.ts';
import type { ResultOperation, ScoreOperation } from '../score-store.ts';
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
  /** Of its matches, as AppendedEvents packs them. */
  readonly events: Buffer;
  readonly summaries: Buffer;
  /** The boards' scores after it. */
  readonly boards: readonly RatedBoard[];
}

/** Evaluates the results, and the events of matches, of a batch in order, over what the operations before them give. Bit for bit what apply.lua computes of the others. */
export function rateBatch(
  batch: PackedBatch,
  state: RatedState,
  scoring: RatingScoring,
  appended: AppendedEvents,
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

  const refuse = (index: number, code: ErrorCode, message: string | undefined): void => {
    kinds.writeUInt8(OPERATION_NUMBERS.reject, index * KIND_BYTES);
    values.writeDoubleLE(numberOfCode(code), index * DOUBLE_BYTES);
    if (message !== undefined) messages.set(index, message);
  };

  const applyResult = (operation: ResultOperation, index: number, { levels }: RatedBoard): void => {
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
      } else if (depth === 0) {
        outcomes.length = begin;
        refuse(index, 'malformed', outcome.refused);
        return;
      }
    }
  };

  let index = 0;
  let producers = 0;
  let events = 0;
  for (const { operations, producer } of batch.parts) {
    const duplicates = producer === undefined ? 0 : (state.duplicates[producers++] ?? 0);
    const from = duplicates < 0 ? operations.length : duplicates;
    for (const [place, operation] of operations.entries()) {
      const board = 'board' in operation ? boardOf.get(operation.board) : undefined;
      if (operation.op === 'result') for (let i = 0; i < width; i++) outcomes.push(Number.NaN);
      if (board !== undefined && place >= from) {
        if (operation.op === 'result') applyResult(operation, index, board);
        else if ('value' in operation) applyScore(operation, (batch.places[index] ?? 0) - 1, board);
      }
      if (operation.op === 'append') {
        events++;
        const refusal = place >= from ? appended.append(operation, events) : undefined;
        if (refusal !== undefined) refuse(index, refusal.code, refusal.message);
      }
      index++;
    }
  }
  return {
    ...{ outcomes: packDoubles(outcomes), kinds, values, messages, boards },
    ...{ events: appended.packEvents(batch.eventCount), summaries: appended.packSummaries() },
  };
}

/** Where the score of the board would not be finite, the operation is refused; in a window the old score stays. */
function applyScore(operation: ScoreOperation, member: number, { order, levels }: RatedBoard): void {
  if (!Number.isFinite(operation.value)) return;
  for (const [depth, scores] of levels.entries()) {
    const score = scoreAfter(operation, scores[member] ?? Number.NaN, order);
    if (Number.isFinite(score)) scores[member] = score;
    else if (depth === 0) return;
  }
}

function scoreAfter({ op, value }: ScoreOperation, old: number, order: RatedBoard['order']): number {
  // Adding 0 makes 0 of -0.
  if (Number.isNaN(old) || op === 'set') return value + 0;
  if (op === 'delta') return old + value;
  return (order === 'desc' ? old >= value : old <= value) ? old : value + 0;
}

function scoreOrNull(score = Number.NaN): number | null {
  return Number.isNaN(score) ? null : score;
}
