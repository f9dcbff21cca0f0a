/**
 * The periods by which owners and gateways find each other and heal. Milliseconds. Broadcaster and gateways must
 * agree, so both read them here.
 */
export interface Timing {
  /** Ticks fall on wall-clock multiples of this. */
  readonly tickMs: number;
  /** The partitions of a broadcaster that dies are taken over after at most this, plus one retry. */
  readonly leaseTermMs: number;
  readonly leaseRenewMs: number;
  /** Who lacks partitions that should be its own asks for them this often. */
  readonly leaseRetryMs: number;
  /** Owners tell gateways this often that they are there, and broadcasters each other. */
  readonly heartbeatMs: number;
  /** A gateway without a heartbeat for this long marks its channels stale. */
  readonly heartbeatTimeoutMs: number;
  /**
   * Owners write the probes of their partitions this often, for gateways to see that what is written arrives; 0: there are none.
   */
  readonly probeMs: number;
  /** A gateway that has seen no news of a probe for this long marks the channels of its partition stale. */
  readonly probeTimeoutMs: number;
  /** Gateways repeat their watch lists this often; a lost message is healed within it. */
  readonly watchMs: number;
  /** A first watch is repeated this often until answered. */
  readonly watchRetryMs: number;
  /** An owner forgets a channel that nobody watched for this long. */
  readonly interestMs: number;
  /** Every watched view is read again at least this often. */
  readonly reReadMs: number;
}

/**
 * The healing period: so long after any failure every client is right again, or knows that it may not be. The slowest that is noticed is one
 * in which all heartbeats go on.
 */
export function healingMs({ probeTimeoutMs, watchRetryMs, tickMs }: Timing): number {
  return probeTimeoutMs + watchRetryMs + tickMs;
}

export const DEFAULT_TIMING: Timing = {
  tickMs: 500,
  leaseTermMs: 2000,
  leaseRenewMs: 500,
  leaseRetryMs: 250,
  heartbeatMs: 500,
  heartbeatTimeoutMs: 2000,
  probeMs: 1000,
  probeTimeoutMs: 5000,
  watchMs: 3000,
  watchRetryMs: 250,
  interestMs: 10_000,
  reReadMs: 30_000,
};

/** News of a probe comes with a tick, so that it may stay away for longer where ticks are far apart. */
export function timingOf(tickMs: number): Timing {
  const { probeTimeoutMs } = DEFAULT_TIMING;
  const longerMs = Math.max(0, tickMs - DEFAULT_TIMING.tickMs);
  return { ...DEFAULT_TIMING, tickMs, probeTimeoutMs: probeTimeoutMs + longerMs };
}
