import type { ErrorCode } from '../../protocol/codes.ts';
import type { Advance } from '../advance.ts';
import type {
  ContestFigures,
  ContestOptions,
  LeaguePage,
  Recomputation,
  TeamOutcome,
  TeamState,
  TickResult,
  Watched,
} from '../contest-types.ts';
import type { Refused } from '../refusal.ts';
import type { Registration } from '../team-lines.ts';

/** What the thread of contests can be asked, and what it answers where it does not refuse. Bytes travel without being copied. */
export interface ContestCalls {
  /** A new contest. `conflict` where there is one of that id. */
  open: { body: ContestOptions; answer: undefined };
  /** Teams as bytes, as `register`, `put` and `chunk` gave them; before the start, in the order in which they were given. */
  load: { body: { chunk: Uint8Array }; answer: undefined };
  /** Whole lines of an upload. */
  register: { body: { lines: Uint8Array; firstLine: number }; answer: Registration };
  start: { body: undefined; answer: ContestFigures };
  /** One team as it comes from outside; `chunk` is what to store of it, where it has changed. */
  put: {
    body: { team: unknown };
    answer: { readonly outcome: TeamOutcome; readonly chunk?: Uint8Array<ArrayBuffer> };
  };
  /** New totals, the latest of a player last; what is refused does not keep the others from counting. */
  points: {
    body: { points: readonly (readonly [player: string, points: number])[] };
    answer: {
      readonly rejected: readonly {
        readonly index: number;
        readonly code: ErrorCode;
        readonly message: string;
      }[];
    };
  };
  /** What a store tells of changes, all at once: nothing is read between. */
  advance: { body: Advance; answer: { readonly changed: number } };
  /** Without `watched`: what was watched at the last tick. */
  tick: { body: { watched?: Watched }; answer: TickResult };
  page: { body: { league: string; offset: number; limit: number }; answer: LeaguePage };
  team: { body: { team: string }; answer: TeamState };
  recompute: { body: undefined; answer: Recomputation };
  figures: { body: undefined; answer: ContestFigures };
  /** One of `chunks` pieces of all teams, counted from 0. */
  chunk: {
    body: { index: number };
    answer: { readonly chunks: number; readonly chunk: Uint8Array<ArrayBuffer> };
  };
  /** Of those who have any. */
  allPoints: { body: undefined; answer: readonly (readonly [player: string, points: number])[] };
  close: { body: undefined; answer: undefined };
}

export type ContestCall = keyof ContestCalls;
type BodyOf<C extends ContestCall> = ContestCalls[C]['body'];
export type AnswerOf<C extends ContestCall> = ContestCalls[C]['answer'] | Refused;

/** As messages: each is answered once, under its number, in the order in which they came. */
export interface Question<C extends ContestCall = ContestCall> {
  readonly id: number;
  readonly contest: string;
  readonly call: C;
  readonly body: BodyOf<C>;
  /** With `open`: shared memory, where the contest's progress is told. */
  readonly progress?: Int32Array;
}
export interface Answer {
  readonly id: number;
  readonly answer: AnswerOf<ContestCall>;
}
