import type { Refused } from '../score-store.ts';

/** Why an operation is not applied. */
export type Refusal = Omit<Refused, 'index'>;

/** What an operation does to one thing. */
export type Effect = 'changed' | 'unchanged' | Refusal;

/** Of a number that is not finite, or would not be. */
export const NOT_FINITE: Refusal = { code: 'malformed' };

/** What takes operations back, the last first, where a later one of their event is refused. Kept only of events that have several. */
export type Undo = (() => void)[];

/** Adds what was changed, if it was. */
export function markIn(changed: Set<string>, id: string, effect: Effect, undo: Undo | undefined): Effect {
  if (effect !== 'changed' || changed.has(id)) return effect;
  changed.add(id);
  undo?.push(() => changed.delete(id));
  return effect;
}
