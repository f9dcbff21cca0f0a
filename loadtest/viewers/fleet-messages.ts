import type { State } from '../../protocol/views.ts';
import type { ViewerPlan } from '../scenario.ts';

/** What the main thread and a thread of viewers tell each other. */

export interface WorkerInput {
  readonly url: string;
  readonly token: string;
  readonly viewers: readonly ViewerPlan[];
}

export type ToWorker =
  | { readonly type: 'begin' }
  /** The load is over: whoever paused reads, whoever is away comes back, and all must hold these states. */
  | { readonly type: 'check'; readonly states: ReadonlyMap<string, State>; readonly deadlineMs: number };

export type FromWorker =
  | { readonly type: 'joined' }
  | { readonly type: 'counts'; readonly counts: ViewerCounts }
  | { readonly type: 'checked'; readonly report: ViewerReport };

export interface ViewerReport {
  readonly counts: ViewerCounts;
  readonly latencies: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

export interface ViewerCounts {
  /** Frames with an update, of all viewers. */
  updates: number;
  /** States that were sent whole, the first ones and those of returning viewers too. */
  snapshots: number;
  /** Snapshots for slow viewers, in place of what was withheld from them. */
  conflated: number;
  /** Subscriptions that were answered with what was missed alone. */
  recovered: number;
  bytes: number;
  /** Frames that differ from each other, as each thread decodes them once. */
  decoded: number;
  /** Connections that were cut on purpose. */
  cut: number;
  /** Connections that ended otherwise. */
  lost: number;
}

export function newViewerCounts(): ViewerCounts {
  return { updates: 0, snapshots: 0, conflated: 0, recovered: 0, bytes: 0, decoded: 0, cut: 0, lost: 0 };
}

export function addCounts(sum: ViewerCounts, more: ViewerCounts): ViewerCounts {
  const keys = Object.keys(sum) as (keyof ViewerCounts)[];
  return Object.fromEntries(keys.map((key) => [key, sum[key] + more[key]])) as unknown as ViewerCounts;
}
