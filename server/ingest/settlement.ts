import type { ErrorCode } from '../../protocol/codes.ts';
import type { Rejection } from '../../protocol/frames.ts';
import type { PublishVerdict, Settled } from './ingest-types.ts';
import type { PendingEvents } from './pending-events.ts';

/** What may be wrong with the store, from what is told last to what is told first, and how publishers are told. */
const TROUBLES = {
  /** It answers, and takes no writes. */
  refused: 'the score store takes no writes at present',
  away: "the score store can't be reached",
  /** It answers what it never should: a defect, of ours or of what is stored. */
  failed: 'the score store failed',
} as const;
export type Trouble = keyof typeof TROUBLES;
const RANKS = Object.keys(TROUBLES);

/** Why an operation was not settled by the store. Not attempted means: certainly not applied. */
export interface Loss {
  readonly attempted: boolean;
  readonly trouble: Trouble;
  readonly retryAfterMs: number;
}

/** Who is told what became of an operation; `index` is the event's place in its publish. */
export interface OperationOwner {
  applied(index: number): void;
  refused(index: number, code: ErrorCode, message?: string): void;
  lost(index: number, loss: Loss): void;
}

/** Collects what became of the events of one publish, and settles it when the last one is known. */
export class Settlement implements OperationOwner {
  readonly #pending: PendingEvents;
  readonly #rejected: Rejection[];
  readonly #settled: Settled;
  #unsettled: number;
  #applied = 0;
  #refused = false;
  #loss: Loss | undefined;
  #lostIndexes: number[] | undefined;

  /** `events` were accepted; `rejected` are those that never went to the store, ordered by index. */
  constructor(events: number, rejected: Rejection[], pending: PendingEvents, settled: Settled) {
    this.#unsettled = events;
    this.#rejected = rejected;
    this.#pending = pending;
    this.#settled = settled;
  }

  applied(_index: number): void {
    this.#applied += 1;
    this.#settleOne();
  }

  refused(index: number, code: ErrorCode, message = refusalMessage(code)): void {
    this.#refused = true;
    this.#rejected.push({ index, code, message });
    this.#settleOne();
  }

  lost(index: number, loss: Loss): void {
    this.#lostIndexes ??= [];
    this.#lostIndexes.push(index);
    this.#loss = worse(this.#loss, loss);
    const message = lossMessage(loss);
    this.#rejected.push({ index, code: 'unavailable', message });
    this.#settleOne();
  }

  #settleOne(): void {
    this.#unsettled -= 1;
    this.#pending.settle(1);
    if (this.#unsettled === 0) this.#settled(this.#conclude());
  }

  #conclude(): PublishVerdict {
    const loss = this.#loss;
    if (loss !== undefined && this.#applied === 0 && !this.#refused) {
      const message = lossMessage(loss);
      return { ok: false, code: 'unavailable', message, retryAfterMs: loss.retryAfterMs };
    }
    if (loss !== undefined || this.#refused) this.#rejected.sort((a, b) => a.index - b.index);
    return { ok: true, applied: this.#applied, duplicates: 0, rejected: this.#rejected };
  }
}

/** An event with several operations: one answer for all of them, the worst. */
export class JoinedOperations implements OperationOwner {
  readonly #owner: OperationOwner;
  #unsettled: number;
  #isApplied = false;
  #refusal: { readonly code: ErrorCode; readonly message: string | undefined } | undefined;
  #loss: Loss | undefined;

  constructor(operations: number, owner: OperationOwner) {
    this.#unsettled = operations;
    this.#owner = owner;
  }

  applied(index: number): void {
    this.#isApplied = true;
    this.#settleOne(index);
  }

  refused(index: number, code: ErrorCode, message?: string): void {
    this.#refusal ??= { code, message };
    this.#settleOne(index);
  }

  lost(index: number, loss: Loss): void {
    this.#loss = worse(this.#loss, loss);
    this.#settleOne(index);
  }

  #settleOne(index: number): void {
    this.#unsettled -= 1;
    if (this.#unsettled > 0) return;
    if (this.#refusal !== undefined) {
      this.#owner.refused(index, this.#refusal.code, this.#refusal.message);
    } else if (this.#loss !== undefined) {
      // A part of the event has been applied: nobody may take it for one that was not.
      this.#owner.lost(index, this.#isApplied ? { ...this.#loss, attempted: true } : this.#loss);
    } else {
      this.#owner.applied(index);
    }
  }
}

/** What the store refuses itself for the first time, where it gives no reasons beside the code. */
export function refusalMessage(code: ErrorCode): string {
  switch (code) {
    case 'malformed':
      return 'the score would not be a finite number';
    case 'too_large':
      return 'the product has too many counters';
    default:
      return repeatedRefusalMessage(code);
  }
}

const REPEATED: Partial<Record<ErrorCode, string>> = {
  malformed: 'it was refused before as malformed',
  too_large: 'it was refused before as too large',
  forbidden: 'it was refused before, for lack of permission',
};

/** Of a refusal that is repeated the store remembers the code only. */
export function repeatedRefusalMessage(code: ErrorCode): string {
  return `${REPEATED[code] ?? 'it was refused before'}; the first answer told the reason`;
}

export function worse(a: Loss | undefined, b: Loss): Loss {
  if (a === undefined) return b;
  return {
    attempted: a.attempted || b.attempted,
    trouble: RANKS.indexOf(a.trouble) > RANKS.indexOf(b.trouble) ? a.trouble : b.trouble,
    retryAfterMs: Math.max(a.retryAfterMs, b.retryAfterMs),
  };
}

/** What the trouble is, for publishers. */
export function troubleOf({ trouble }: Pick<Loss, 'trouble'>): string {
  return TROUBLES[trouble];
}

function lossMessage(loss: Loss): string {
  const outcome = loss.attempted ? 'the event may or may not have been applied' : 'the event was not applied';
  return `${troubleOf(loss)}: ${outcome}`;
}
