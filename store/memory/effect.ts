import type { Refused } from '../score-store.ts';

/** Why an operation is not applied. */
export type Refusal = Omit<Refused, 'index'>;

/** What an operation does to one thing. */
export type Effect = 'changed' | 'unchanged' | Refusal;

/** Of a number that is not finite, or would not be. */
export const NOT_FINITE: Refusal = { code: 'malformed' };
