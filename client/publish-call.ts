import type { Rejection } from '../protocol/frames.ts';
import { PublishError } from './errors.ts';

/** What became of the events of one publish; every event is in exactly one of the three. */
export interface Ack {
  /** So many are in the score store because of this send. */
  readonly applied: number;
  /** So many turned out to be in the score store already: an earlier send whose answer was lost had arrived. */
  readonly duplicates: number;
  /** Refused for good, with their index in the publish. */
  readonly rejected: readonly Rejection[];
}

export type Refusal = Pick<Rejection, 'code' | 'message'>;
export type Outcome = 'applied' | 'duplicate' | Refusal;

interface Settlers {
  readonly resolve: (ack: Ack) => void;
  readonly reject: (error: PublishError) => void;
}

interface FailureDetails {
  readonly uncertain: boolean;
  readonly cause?: unknown;
}

/** One call of `publish`: collects what becomes of its events, which may travel in several frames, and settles once. */
export class PublishCall {
  readonly #settlers: Settlers;
  readonly #events: number;
  readonly #rejected: Rejection[] = [];
  #applied = 0;
  #duplicates = 0;
  #over = false;

  constructor(events: number, settlers: Settlers) {
    this.#events = events;
    this.#settlers = settlers;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Each index is settled once. */
  settle(index: number, outcome: Outcome): void {
    if (this.#over) return;
    if (outcome === 'applied') this.#applied += 1;
    else if (outcome === 'duplicate') this.#duplicates += 1;
    else this.#rejected.push({ index, code: outcome.code, message: outcome.message });
    if (this.#settled < this.#events) return;
    this.#over = true;
    this.#settlers.resolve({
      applied: this.#applied,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
    });
  }

  /** Some event of it will never be settled. Where others have been, the whole is uncertain in any case. */
  fail({ code, message }: Refusal, details: FailureDetails): void {
    if (this.#over) return;
    this.#over = true;
    const uncertain = details.uncertain || this.#settled > 0;
    this.#settlers.reject(new PublishError(code, message, { ...details, uncertain }));
  }

  get #settled(): number {
    return this.#applied + this.#duplicates + this.#rejected.length;
  }
}
