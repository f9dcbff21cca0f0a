import type { MessageBus } from '../bus/message-bus.ts';
import type { Timing } from '../bus/timing.ts';
import type { Clock } from '../runtime/clock.ts';
import { BYTES, Histogram, SECONDS } from '../runtime/histogram.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Traces } from '../runtime/traces.ts';
import type { ScoreStore } from '../store/score-store.ts';
import type { ContestReads, CreateContestHost } from './contests/contest-types.ts';

export interface BroadcasterLimits {
  /** Channels that one broadcaster watches, those being read for the first time included; beyond: `unavailable`. */
  readonly watchedChannels: number;
  /** Channels that a tick reads, or one reading of newly watched channels; the rest waits for the next, longest due first. */
  readonly channelsPerRead: number;
  /** Sessions and windows that one call ends whose time is over; beyond, there are more calls. */
  readonly sweptPerCall: number;
  /** Milliseconds between two rounds over all partitions in which that is done. */
  readonly sweepPauseMs: number;
}

export const DEFAULT_BROADCASTER_LIMITS: BroadcasterLimits = {
  watchedChannels: 200_000,
  channelsPerRead: 50_000,
  sweptPerCall: 500,
  sweepPauseMs: 5000,
};

export interface BroadcasterOptions {
  /** Who holds the leases. Two running broadcasters must never have the same name: they would take it from each other. */
  readonly name: string;
  readonly timing: Timing;
  readonly limits: BroadcasterLimits;
}

/** What states are read from. */
export type StateReads = Pick<
  ScoreStore,
  | ('readPages' | 'readStandings' | 'readConfigs' | 'readPlayers' | 'readAreas' | 'readMatches')
  | 'readTournaments'
>;

/** What a broadcaster needs of the store: it reads, it holds leases, and it ends what is over. */
export type BroadcasterStore = StateReads &
  ContestReads &
  Pick<
    ScoreStore,
    | 'partitions'
    | 'takeDirty'
    | 'sweep'
    | 'writeProbes'
    | 'readProbes'
    | 'acquireLeases'
    | 'renewLeases'
    | 'releaseLeases'
    | 'state'
    | 'onState'
  >;

export interface BroadcasterDeps {
  readonly store: BroadcasterStore;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traces?: Traces | undefined;
  /** 64 random bits in hexadecimal, different at every call. */
  readonly random: () => string;
  /** Where contests are computed; default: a thread of their own. */
  readonly createContestHost?: CreateContestHost;
  /** What a broadcaster does besides, for the partitions that it owns at the time, which `mayWorkOn` tells. */
  readonly sideline?: (mayWorkOn: (partition: number) => boolean) => Service;
}

export interface BroadcasterStats extends Readonly<Counters> {
  /** Those that it owns. */
  readonly partitions: readonly number[];
  /** Whether the store could be read lately and all leases are confirmed; false where nothing is owned. */
  readonly fresh: boolean;
  readonly watchedChannels: number;
  /** Contests that are held, or being loaded. */
  readonly contests: number;
}

/** What a broadcaster has done since it was started, over all its terms. */
export interface Counters {
  /** Of each partition for itself. */
  terms: number;
  /** What ticks took, and how long after their multiple they began. */
  readonly tickSeconds: Histogram;
  readonly tickLagSeconds: Histogram;
  /** Of the messages on the bus. */
  readonly patchBytes: Histogram;
  /** Multiples of the tick that passed while an earlier tick was still running. */
  missedTicks: number;
  /** Failed store calls of ticks and first reads. */
  failedReads: number;
  channelsRead: number;
  views: number;
  refusals: number;
  /** Sessions that were ended because nobody had renewed them, and windows that were removed. */
  sweptSessions: number;
  sweptWindows: number;
  failedSweeps: number;
}

export function newCounters(): Counters {
  return {
    terms: 0,
    tickSeconds: new Histogram(SECONDS),
    tickLagSeconds: new Histogram(SECONDS),
    patchBytes: new Histogram(BYTES),
    missedTicks: 0,
    failedReads: 0,
    channelsRead: 0,
    views: 0,
    refusals: 0,
    sweptSessions: 0,
    sweptWindows: 0,
    failedSweeps: 0,
  };
}

export interface Broadcaster extends Service {
  stats(): BroadcasterStats;
}
