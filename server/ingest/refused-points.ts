import type { ErrorCode } from '../../protocol/codes.ts';
import type { Operation, PartVerdict, Refused } from '../../store/score-store.ts';

/** Stores refuse points by a code alone, which says something else of points than of scores and counters. */
const REASONS: Partial<Record<ErrorCode, string>> = {
  not_found: 'there is no such tournament, or no such player in it',
  conflict: 'the points of the tournament come from its matches',
  too_large: 'a score could come over 2^53 millionths, or the tournament has too many players',
};

/** Why the operation was refused now; `undefined` where the code alone tells it, or the store has told. */
export function whyRefused(operation: Operation | undefined, { code, message }: Refused): string | undefined {
  return message ?? (operation?.op === 'points' ? REASONS[code] : undefined);
}

/** The verdict with the reasons of points that were refused now; of those that were refused before nobody knows them any more. */
export function withReasons(operations: readonly Operation[], verdict: PartVerdict): PartVerdict {
  if (verdict.status !== 'settled' || verdict.refused.length === 0) return verdict;
  const refused = verdict.refused.map((one) => {
    const message = one.index < verdict.duplicates ? one.message : whyRefused(operations[one.index], one);
    return message === undefined ? one : { ...one, message };
  });
  return { ...verdict, refused };
}
