import { type Channel, kindOf, parseChannel } from '../protocol/channels.ts';
import type { ViewKind } from '../protocol/views.ts';

/**
 * The probe of a partition: its owner notes the time in it again and again, and what comes of that goes the way of every change, through
 * the store, a tick and the bus to each gateway. Gateways watch it like a channel; clients have no name for it.
 */
export interface Probe {
  readonly type: 'probe';
  readonly partition: number;
}

/** What gateways watch. */
export type Watchable = Channel | Probe;

/** What a probe that was written is called among the dirty names of its partition. */
export const DIRTY_PROBE = 'probe';

const PROBE = /^probe:(\d{1,4})$/;

export function probeName(partition: number): string {
  return `probe:${partition}`;
}

/** `undefined` where the name is malformed. */
export function parseWatchable(name: string): Watchable | undefined {
  const probe = PROBE.exec(name);
  return probe === null ? parseChannel(name) : { type: 'probe', partition: Number(probe[1]) };
}

export function kindOfWatchable(watchable: Watchable): ViewKind {
  return watchable.type === 'probe' ? 'document' : kindOf(watchable);
}
