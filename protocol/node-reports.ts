/** What a process tells of itself to whoever operates the installation, and what it can be asked and told. */

/** Of the time since the report before; none where nothing happened. Milliseconds. */
export interface Quantiles {
  readonly p50?: number;
  readonly p99?: number;
}

/** Counts are since the start of the process: who wants rates compares two reports. */
export interface ServerReport {
  readonly connections: number;
  readonly subscriptions: number;
  readonly channels: number;
  readonly staleChannels: number;
  readonly pendingEvents: number;
  readonly events: number;
  readonly updates: number;
  readonly deliveries: number;
  readonly deliveredBytes: number;
  readonly withheldUpdates: number;
  readonly reconnects: number;
  readonly deliveryMs: Quantiles;
  readonly publishMs: Quantiles;
}

export interface BroadcasterReport {
  readonly partitions: readonly number[];
  readonly fresh: boolean;
  readonly watchedChannels: number;
  readonly patches: number;
  readonly missedTicks: number;
  readonly tickMs: Quantiles;
}

export interface NodeReport {
  /** Unique among the processes of an installation. */
  readonly name: string;
  readonly role: 'all' | 'server' | 'broadcaster' | 'archiver';
  /** Unix milliseconds: of this report, by the clock of the process, and of its start. */
  readonly at: number;
  readonly startedAt: number;
  readonly draining: boolean;
  /** Why it is not ready, in plain words. */
  readonly problems: readonly string[];
  readonly storeUp: boolean;
  readonly busUp: boolean;
  readonly memoryBytes: number;
  /** Of one core, since the start. */
  readonly cpuMs: number;
  readonly server?: ServerReport;
  readonly broadcaster?: BroadcasterReport;
}

export interface ConnectionInfo {
  readonly id: string;
  readonly kind: 'socket' | 'stream';
  readonly address: string;
  readonly subject: string;
  readonly subscriptions: number;
  readonly openedAt: number;
  readonly unsentBytes: number;
  /** Updates are withheld from it at present. */
  readonly behind: boolean;
}

export interface ChannelInfo {
  readonly channel: string;
  readonly partition: number;
  readonly subscribers: number;
  /** Since it is watched. */
  readonly updates: number;
  readonly stale: boolean;
}

export type NodeQuestion =
  /** The slowest first, then those with most subscriptions. `search`: what their id, address or subject contains. */
  | { readonly ask: 'connections'; readonly search: string; readonly limit: number }
  /** Those with most subscribers first. */
  | { readonly ask: 'channels'; readonly limit: number }
  | { readonly ask: 'disconnect'; readonly connection: string }
  | { readonly ask: 'drain' };

export interface NodeAnswers {
  readonly connections: readonly ConnectionInfo[];
  readonly channels: readonly ChannelInfo[];
  /** Whether there was such a one. */
  readonly disconnect: boolean;
  readonly drain: boolean;
}
export type NodeAnswer = NodeAnswers[keyof NodeAnswers];
