import type { Latencies } from '../latencies.ts';

export interface Publisher {
  /** Resolves when the load is over, and everything is answered or given up. */
  run(): Promise<void>;
}

export interface PublisherDeps {
  readonly url: string;
  readonly token: string;
  readonly seconds: number;
  readonly latencies: Latencies;
  readonly totals: PublishTotals;
}

/** What became of events, counted while it happens. */
export interface PublishTotals {
  sent: number;
  acknowledged: number;
  /** Asked to wait, or to send again, publish by publish. */
  postponed: number;
  unanswered: number;
  /** That were due but could not be sent in time: a connection waited for the answer before. */
  missed: number;
  /** Connections that were lost. */
  lost: number;
  /** What must not happen; the first of each kind, how often. */
  readonly failures: Map<string, number>;
}

export function newTotals(): PublishTotals {
  return { sent: 0, acknowledged: 0, postponed: 0, unanswered: 0, missed: 0, lost: 0, failures: new Map() };
}

const KINDS_OF_FAILURES = 20;

export function addFailure({ failures }: PublishTotals, text: string, count = 1): void {
  if (failures.has(text) || failures.size < KINDS_OF_FAILURES) {
    failures.set(text, (failures.get(text) ?? 0) + count);
  }
}

/** The names of what is measured. */
export const PUBLISHED = {
  /** From the moment at which a publish was meant to be sent to its answer. */
  acknowledged: { http: 'HTTP: due → acknowledged', socket: 'socket: due → acknowledged' },
  /** How far the generator was behind: its own delay, and over HTTP the wait of a connection for the answer before. */
  sent: { http: 'HTTP: due → sent', socket: 'socket: due → sent' },
} as const;

/** Longest that is waited for answers after the last was sent. */
export const SETTLE_MS = 15_000;
