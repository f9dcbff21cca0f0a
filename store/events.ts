import { assert } from '../runtime/errors.ts';
import type { Operation, Part } from './operations.ts';

/** By which operations belong to one event; `undefined` where each is one of its own. */
export function numbersOf({ producer, events }: Part): readonly number[] | undefined {
  return producer?.numbers ?? events;
}

/** The end of the operations that have the number of the one at `from`. */
export function endOfEvent(numbers: readonly number[] | undefined, from: number): number {
  let to = from + 1;
  if (numbers === undefined) return to;
  while (to < numbers.length && numbers[to] === numbers[from]) to++;
  return to;
}

/** Events of matches and points are not taken back, so that nothing else of their event may be refused. */
export function assertAlone(operations: readonly Operation[], numbers: readonly number[]): void {
  for (let i = 0; i < operations.length; i++) {
    const op = operations[i]?.op;
    if (op !== 'append' && op !== 'points') continue;
    const isAlone = numbers[i] !== numbers[i - 1] && numbers[i] !== numbers[i + 1];
    assert(isAlone, 'an event of a match, and points, have one operation');
  }
}
