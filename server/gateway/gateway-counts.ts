import { BYTES, Histogram } from '../../runtime/histogram.ts';

/** What a client is told that subscribes with the position it had. */
export const RECOVERIES = ['current', 'patches', 'snapshot'] as const;
export type Recovery = (typeof RECOVERIES)[number];

/** Finest around a tick, since that is what a change waits for. */
const LATENCY_SECONDS = [
  0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.5, 2, 3, 5, 10, 30,
] as const;

/** What a gateway has told its clients since it was started. Plain numbers, for they are counted with every update. */
export class GatewayCounts {
  /** Each once, whatever the number of subscribers. */
  updates = 0;
  /** To each subscriber for itself. */
  deliveries = 0;
  deliveredBytes = 0;
  /** Updates that a slow connection was not sent, for each of its channels. */
  withheldUpdates = 0;
  /** Snapshots that took the place of withheld updates. */
  conflatedSnapshots = 0;
  /** Subscriptions that were answered with a state, or with what was missed. */
  subscribes = 0;
  /** Of these, by clients that came with a position. */
  readonly recoveries: Record<Recovery, number> = { current: 0, patches: 0, snapshot: 0 };
  /** Connections that came with a position in their first subscription. */
  reconnects = 0;
  /** Of each update once per encoding. */
  readonly updateBytes = new Histogram(BYTES);
  /** From the acceptance of the oldest change in an update to the moment it was handed to the sockets, for each delivery. */
  readonly latencySeconds = new Histogram(LATENCY_SECONDS);

  /** `recovery`: of a client that came with a position. */
  subscribed(recovery: Recovery | undefined, isFirstOfConnection: boolean): void {
    this.subscribes++;
    if (recovery === undefined) return;
    this.recoveries[recovery]++;
    if (isFirstOfConnection) this.reconnects++;
  }
}
