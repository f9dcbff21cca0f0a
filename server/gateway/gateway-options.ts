import type { Timing } from '../../bus/timing.ts';
import type { ServerLimits } from '../limits.ts';

export interface GatewayOptions {
  /** The node's name as clients are told it; need not be unique. */
  readonly node: string;
  /** The store's number of partitions. */
  readonly partitions: number;
  readonly limits: ServerLimits;
  readonly timing: Timing;
  readonly tuning: GatewayTuning;
}

/** What is seldom changed. Times in milliseconds. */
export interface GatewayTuning {
  /**
   * What arrives from the bus within this time leaves in one loop turn, since uWebSockets then coalesces all channels of
   * a socket into one write. At most 20.
   */
  readonly coalesceMs: number;
  /** It leaves before that time is over where nothing has come for so long: mostly all of a tick comes at once. */
  readonly coalesceQuietMs: number;
  /** A channel is kept so long after its last subscriber has left. */
  readonly lingerMs: number;
  /** A first subscriber waits so long for an owner's answer before the store is read directly. */
  readonly ownerWaitMs: number;
  /** Messages of one channel kept until they can be applied; beyond, the owner is asked for the whole view. */
  readonly pendingMessages: number;
  /** Recent updates kept per channel for returning clients: number, bytes, and bytes of all channels together. */
  readonly recentPatches: number;
  readonly recentPatchBytes: number;
  readonly recentPatchTotalBytes: number;
  /** Channels in one watch message; longer lists are split. */
  readonly watchListChannels: number;
  /** Subscribe requests of one connection for one channel that wait for its first state; beyond: `rate_limited`. */
  readonly waitingSubscribes: number;
  /** Bytes of frames kept while a token is verified, beside one of any size; beyond: closed with 4502. */
  readonly waitingFrameBytes: number;
  /** How often clients should be heard of, as they are told. */
  readonly pingIntervalMs: number;
  /** After so long without anything from a client it is pinged, and after `idleMs` closed with 4003. */
  readonly idlePingMs: number;
  readonly idleMs: number;
  /** Tokens and silent clients are looked at so often, and clients are asked for a new one so long before the end of theirs. */
  readonly tokenSweepMs: number;
  readonly tokenWarningMs: number;
  /** A draining node says bye to its connections over this time, or over so long for each where that is less. */
  readonly drainMs: number;
  readonly drainPaceMs: number;
  /** Connections closed per loop turn while draining. */
  readonly drainStepConnections: number;
  /** What was published before the bye is waited for so long, counted from the last one's turn. */
  readonly drainDeadlineMs: number;
  /** A socket that is too full to take its close frame is given so long to drain. */
  readonly closeDeadlineMs: number;
  /** Beside that, clients are told to wait before they come back, by times that are spread over so long. */
  readonly drainSpreadMs: number;
  /** What a client is told to wait where nothing better is known. */
  readonly retryAfterMs: number;
}

export const DEFAULT_GATEWAY_TUNING: GatewayTuning = {
  coalesceMs: 10,
  coalesceQuietMs: 3,
  lingerMs: 5000,
  ownerWaitMs: 1000,
  pendingMessages: 64,
  recentPatches: 64,
  recentPatchBytes: 64 * 1024,
  recentPatchTotalBytes: 64 * 1024 * 1024,
  watchListChannels: 1000,
  waitingSubscribes: 16,
  waitingFrameBytes: 1024 * 1024,
  pingIntervalMs: 25_000,
  idlePingMs: 40_000,
  idleMs: 60_000,
  tokenSweepMs: 1000,
  tokenWarningMs: 30_000,
  drainMs: 5000,
  drainPaceMs: 10,
  drainStepConnections: 500,
  drainDeadlineMs: 2000,
  closeDeadlineMs: 10_000,
  drainSpreadMs: 2000,
  retryAfterMs: 1000,
};
