import type { ErrorCode } from '../../protocol/codes.ts';
import { assert } from '../../runtime/errors.ts';
import type { BatchVerdict, Part, PartVerdict, Refused } from '../score-store.ts';
import { codeOfNumber } from './refusals.ts';

export type SettledReply = [position: number, duplicates: number[], refused: number[]];

/** Tells the parts apart in what apply.lua answers for the whole batch. `messages` are by place of the operation, from 0. */
export function toBatchVerdict(
  [position, duplicates, refused]: SettledReply,
  parts: readonly Part[],
  messages?: ReadonlyMap<number, string>,
): BatchVerdict {
  const refusals: { place: number; code: ErrorCode }[] = [];
  for (let i = 0; i < refused.length; i += 2) {
    refusals.push({ place: refused[i] ?? 0, code: codeOfNumber(refused[i + 1] ?? 0) });
  }
  refusals.sort((a, b) => a.place - b.place);

  let from = 1;
  let producers = 0;
  let next = 0;
  const verdicts = parts.map(({ operations, producer }): PartVerdict => {
    const end = from + operations.length;
    const ofPart: Refused[] = [];
    for (
      let refusal = refusals[next];
      refusal !== undefined && refusal.place < end;
      refusal = refusals[++next]
    ) {
      const { place, code } = refusal;
      const message = messages?.get(place - 1);
      ofPart.push({ index: place - from, code, ...(message === undefined ? {} : { message }) });
    }
    from = end;
    const count = producer === undefined ? 0 : duplicates[producers++];
    assert(count !== undefined, 'each part of a producer has its verdict');
    return count < 0 ? { status: 'conflict' } : { status: 'settled', duplicates: count, refused: ofPart };
  });
  return { position, parts: verdicts };
}
