/** What is done to scores, and what becomes of it. */
import type { ErrorCode } from '../protocol/codes.ts';
import type { MatchEvent } from '../protocol/match-events.ts';
import type { HandlerOptions } from '../protocol/products.ts';

export type ScoreOperation = {
  readonly op: 'delta' | 'set' | 'best';
  readonly board: string;
  readonly member: string;
  readonly value: number;
};
/** Scores of a board that follow from those before: the handler (a `rating` one) is asked in the step that writes them. */
export type ResultOperation = {
  readonly op: 'result';
  readonly board: string;
  readonly winner: string;
  readonly loser: string;
  readonly draw: boolean;
  readonly handler: string;
  readonly options: HandlerOptions;
};
/** Adds to a counter of a player. Beyond `maxCountersPerProduct` names of a product a new one is refused (`too_large`). */
export type CountOperation = {
  readonly op: 'count';
  readonly product: string;
  readonly player: string;
  readonly counter: string;
  readonly by: number;
};
/**
 * `login` makes the user active in this mode of the area, and in no other; the same again only renews the time of the login. `logout` ends
 * it, whatever the mode; where the user is not active it changes nothing.
 */
export type SessionOperation =
  | { readonly op: 'login'; readonly area: string; readonly user: string; readonly mode: string }
  | { readonly op: 'logout'; readonly area: string; readonly user: string };
/**
 * Adds an event to the list of a match, where the rules of its sport take it after those before (they are asked in the step that writes it), and where
 * the match has had as many as `event.expected` says, if it says it. Else it is refused on its own: `not_found` where there is no such match.
 */
export type AppendOperation = { readonly op: 'append'; readonly match: string; readonly event: MatchEvent };
/**
 * A player's new total in a tournament, in whole thousandths: the latest one counts. `fed`: it was computed from the matches of the tournament; one
 * that has matches takes no others (`conflict`). Refused where a score could come over 2^53 millionths (`too_large`), or the player can't be in it.
 */
export type PointsOperation = {
  readonly op: 'points';
  readonly tournament: string;
  readonly player: string;
  readonly points: number;
  readonly fed?: true;
};
export type ProfileOperation = { readonly op: 'profile'; readonly member: string; readonly name: string };
/** Of an event that ingest rejected: applies nothing, and is remembered under its number so that the verdict stays the same. */
export type RejectOperation = { readonly op: 'reject'; readonly code: ErrorCode };
/** Has no effect but to settle its number: of an event that asks nothing of the partition where its verdict is kept. */
export type NothingOperation = { readonly op: 'nothing' };
/** What is in the log. */
export type AppliedOperation =
  | ScoreOperation
  | ResultOperation
  | CountOperation
  | SessionOperation
  | AppendOperation
  | PointsOperation
  | ProfileOperation;
export type Operation = AppliedOperation | RejectOperation | NothingOperation;

/** Operations that stem from one producer, or from publishes without one. Where one of an event is refused, none of its part applies. */
export interface Part {
  readonly operations: readonly Operation[];
  /** Without a producer: in step with the operations, never descending; those of one event have the same. Absent: each is of another. */
  readonly events?: readonly number[] | undefined;
  /** Absent: applied once per call, however often that is. A producer has at most one part in a batch. */
  readonly producer?: {
    readonly id: string;
    readonly claim: number;
    /**
     * Of the operations, in step with them; never descending. There may be gaps (the others went to other partitions), and operations
     * of one event have the same number: they are in one part, never in two.
     */
    readonly numbers: readonly number[];
  };
}

/** Parts of one partition, in order. At most `MAX_APPLIED_OPERATIONS` operations in all. */
export interface Batch {
  readonly partition: number;
  /**
   * Unix milliseconds at which the oldest of its events was accepted; it decides which windows the scores belong to, and when a login was.
   * All its events were accepted in the same quarter of an hour, so that they belong to the same windows in every time zone.
   */
  readonly acceptedAt: number;
  readonly parts: readonly Part[];
}

export { WINDOW_BOUNDARY_MS } from '../scoring/windows.ts';
/** Of one event, and of what is asked or repaired at once. */
export const MAX_BATCH_OPERATIONS = 512;
/** Of one batch: the more are added up together, the less a store has to do for each. */
export const MAX_APPLIED_OPERATIONS = 2048;
/** Rejected numbers remembered per producer and partition, the latest; an older one resent counts as a duplicate. */
export const MAX_REMEMBERED_REJECTIONS = 4096;

export interface BatchVerdict {
  /** The partition's position after the batch; it grows by one with every applied operation (not with duplicates and refused ones). */
  readonly position: number;
  /** In step with the batch's parts. */
  readonly parts: readonly PartVerdict[];
}

export type PartVerdict =
  | {
      readonly status: 'settled';
      /** So many operations from the beginning had been settled before and changed nothing; the rejected among them are in `refused` too. */
      readonly duplicates: number;
      /**
       * Operations that were not applied: refused on their own now, or remembered as refused; ascending by index within the part.
       * Of a number its first refusal is told of each of its operations, and remembered.
       */
      readonly refused: readonly Refused[];
    }
  /** A later claim of the producer has been seen: nothing of the part was applied. */
  | { readonly status: 'conflict' };

export interface Refused {
  readonly index: number;
  readonly code: ErrorCode;
  /** Why, where it is known; it is not remembered. */
  readonly message?: string;
}

export type ClaimVerdict =
  | ({ readonly ok: true } & ProducerClaim)
  /** There has been a later claim, or the data has been lost: this is the latest one in the producer's home, 0 where it is unknown. */
  | { readonly ok: false; readonly latest: number };

/** What the store remembers of a producer, over all partitions. */
export interface ProducerClaim {
  /** Higher than every earlier claim of the producer; from now on parts with a lower one are refused in every partition. */
  readonly claim: number;
  /** The highest number settled in any partition; 0 where the producer is unknown. */
  readonly last: number;
  /** The highest number settled in each partition, 0 where there is none: nothing that was sent under an earlier claim comes after it. */
  readonly settled: readonly number[];
  /**
   * Numbers remembered as refused in its home partition (`partitionOfProducer`), where `reject` operations go: verdicts that must
   * not change when they are sent again.
   */
  readonly rejected: ReadonlyMap<number, ErrorCode>;
}

export type OnceVerdict =
  | {
      readonly ok: true;
      /** Whose parts these are; no other use of the key has the same. */
      readonly id: string;
      /** Numbers remembered as refused in the key's home partition (`partitionOfProducer`), where `reject` operations go. */
      readonly rejected: ReadonlyMap<number, ErrorCode>;
      /** The highest number settled in each partition; 0 where there is none, as everywhere at the first use. */
      readonly settled: readonly number[];
    }
  /** The key stands for another body. */
  | { readonly ok: false };
