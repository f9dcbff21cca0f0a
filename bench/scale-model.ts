/**
 * How many processes an audience needs: a calculation from what one event, one patch, one delivery and one connection cost. Pure, so that a
 * test can hold it against itself; what things cost is measured by scale.ts.
 */

/** Measured. CPU in microseconds of one core, sizes in bytes. */
export interface Costs {
  readonly serverPerEventUs: number;
  readonly redisPerEventUs: number;
  /** Reading a channel, finding the difference and publishing it: of the broadcaster and of Redis. */
  readonly broadcasterPerPatchUs: number;
  readonly redisPerPatchUs: number;
  /** Of NATS for a message to one gateway, and of the gateway that applies and encodes it. */
  readonly natsPerMessageUs: number;
  readonly serverPerUpdateUs: number;
  readonly serverPerDeliveryUs: number;
  /** Pings, silence, the table of connections: of one connection, per second. */
  readonly serverPerConnectionUs: number;
  readonly connectionBytes: number;
  readonly updateBytes: number;
  readonly patchBytes: number;
}

export interface Scenario {
  readonly name: string;
  readonly viewers: number;
  readonly eventsPerSecond: number;
  /** Channels that many watch, and how often each of them changes. */
  readonly sharedChannels: number;
  readonly sharedChangesPerSecond: number;
  /** Of these, one viewer watches so many. */
  readonly sharedPerViewer: number;
  /** Part of the viewers that watch a rank of their own, on a board that changes all the time. */
  readonly rankShare: number;
  /** Such a rank is read in every tick, and changes in this part of them. */
  readonly rankChangeShare: number;
}

export interface Machine {
  /** What a process may use of its core, and of one network interface, in steady state. */
  readonly cpuShare: number;
  readonly networkBytesPerSecond: number;
  readonly memoryBytes: number;
  readonly ticksPerSecond: number;
  readonly partitions: number;
  /** Gateways repeat to each partition what they watch. */
  readonly watchListsPerSecond: number;
}

export const MACHINE: Machine = {
  cpuShare: 0.6,
  // Of one process: a sixteenth of 25 Gbit/s, on a machine of 16 processes.
  networkBytesPerSecond: 25e9 / 8 / 16,
  memoryBytes: 4e9,
  ticksPerSecond: 2,
  partitions: 64,
  watchListsPerSecond: 1 / 3,
};

export interface Need {
  readonly gateways: number;
  /** What makes them so many. */
  readonly gatewaysBy: 'cpu' | 'memory' | 'network';
  readonly deliveriesPerSecond: number;
  readonly egressBytesPerSecond: number;
  readonly broadcasters: number;
  readonly redisShards: number;
  /** Of one core of NATS for what all gateways are sent. */
  readonly natsCores: number;
  readonly natsMessagesPerSecond: number;
  readonly natsBytesPerSecond: number;
  /** Messages to all broadcasters together. */
  readonly watchListsPerSecond: number;
  /** Channels that an owner has to read in each tick, if all ranks are of one board. */
  readonly ranksPerTick: number;
}

const US = 1e-6;

/** Bytes that a frame costs around its contents: WebSocket, TLS, and TCP and IP shared by what leaves together. */
const FRAME_OVERHEAD_BYTES = 40;

export function needOf(scenario: Scenario, costs: Costs, machine: Machine = MACHINE): Need {
  const { viewers, eventsPerSecond, sharedChannels, sharedChangesPerSecond, sharedPerViewer } = scenario;
  const ranks = viewers * scenario.rankShare;
  const rankReads = ranks * machine.ticksPerSecond;
  const rankPatches = rankReads * scenario.rankChangeShare;
  const sharedPatches = sharedChannels * sharedChangesPerSecond;
  const deliveriesPerSecond = viewers * sharedPerViewer * sharedChangesPerSecond + rankPatches;
  const egressBytesPerSecond = deliveriesPerSecond * (costs.updateBytes + FRAME_OVERHEAD_BYTES);
  const serverCpu =
    eventsPerSecond * costs.serverPerEventUs +
    deliveriesPerSecond * costs.serverPerDeliveryUs +
    rankPatches * costs.serverPerUpdateUs +
    viewers * costs.serverPerConnectionUs;
  // Each gateway applies every shared channel for itself, whatever the number of gateways.
  const ownShare = machine.cpuShare - sharedPatches * costs.serverPerUpdateUs * US;
  const byCpu = ownShare <= 0 ? Number.POSITIVE_INFINITY : (serverCpu * US) / ownShare;
  const byMemory = (viewers * costs.connectionBytes) / machine.memoryBytes;
  const byNetwork = egressBytesPerSecond / (machine.networkBytesPerSecond * machine.cpuShare);
  const most = Math.max(byCpu, byMemory, byNetwork);
  const gateways = Math.max(2, Math.ceil(most));
  const partitions = Math.min(machine.partitions, sharedChannels + ranks);
  const watchListsPerSecond = gateways * partitions * machine.watchListsPerSecond;
  const natsMessagesPerSecond = sharedPatches * gateways + rankPatches + watchListsPerSecond;
  const reads = sharedPatches + rankReads;
  const redisCpu = eventsPerSecond * costs.redisPerEventUs + reads * costs.redisPerPatchUs;
  return {
    gateways,
    gatewaysBy: most === byCpu ? 'cpu' : most === byMemory ? 'memory' : 'network',
    deliveriesPerSecond,
    egressBytesPerSecond,
    broadcasters: Math.max(2, Math.ceil((reads * costs.broadcasterPerPatchUs * US) / machine.cpuShare)),
    redisShards: Math.max(1, Math.ceil((redisCpu * US) / machine.cpuShare)),
    natsCores: natsMessagesPerSecond * costs.natsPerMessageUs * US,
    natsMessagesPerSecond,
    natsBytesPerSecond: natsMessagesPerSecond * costs.patchBytes,
    watchListsPerSecond,
    ranksPerTick: ranks,
  };
}

/** What the edge of one process should use of a core under a load, in shares: to be held against what it does use. */
export function serverShare(
  load: {
    readonly connections: number;
    readonly eventsPerSecond: number;
    readonly updatesPerSecond: number;
    readonly deliveriesPerSecond: number;
  },
  costs: Costs,
): number {
  return (
    US *
    (load.connections * costs.serverPerConnectionUs +
      load.eventsPerSecond * costs.serverPerEventUs +
      load.updatesPerSecond * costs.serverPerUpdateUs +
      load.deliveriesPerSecond * costs.serverPerDeliveryUs)
  );
}

const FINAL = {
  eventsPerSecond: 5000,
  sharedChannels: 50,
  sharedChangesPerSecond: 1,
  sharedPerViewer: 2,
  rankChangeShare: 0.3,
};

/** An evening with one great match: everybody has its card and one board, and a part plays along and watches a rank. */
export const SCENARIOS: readonly Scenario[] = [1, 10, 50].flatMap((millions) =>
  [0, 0.01].map((rankShare) => ({
    ...FINAL,
    name: `${millions} M viewers${rankShare === 0 ? '' : `, ${rankShare * 100} % with a rank`}`,
    viewers: millions * 1e6,
    eventsPerSecond: FINAL.eventsPerSecond * millions,
    rankShare,
  })),
);
