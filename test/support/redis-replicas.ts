import { freePort, waitUntil } from './processes.ts';
import { redisCommand } from './redis-command.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

/** Several redis-servers that replace one another when one dies, as operators run them. */
export interface ReplicatedRedis {
  /** For the processes under test. */
  readonly env: Readonly<Record<string, string>>;
  readonly servers: readonly RedisServer[];
  /** Kills a master (-9); the one that was killed can be started again. `failedOver` waits until another has its place. */
  killMaster(): Promise<{ readonly victim: RedisServer; failedOver(): Promise<void> }>;
  stop(): Promise<void>;
}

/** From the last answer of a server until the others take it for dead. */
const DOWN_AFTER_MS = 1000;
const FAILOVER_DEADLINE_MS = 30_000;
const PERSISTENT = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

/** One master, one replica and three Sentinels, of which two must agree. */
export async function startSentinels(args: readonly string[] = []): Promise<ReplicatedRedis> {
  const name = 'The_Master';
  const master = await startRedis({ args: [...PERSISTENT, ...args] });
  const replica = await startRedis({
    args: [...PERSISTENT, ...args, '--replicaof', '127.0.0.1', String(master.port)],
  });
  const servers = [master, replica];
  await waitUntil(async () => /state=online/.test(await info(master, 'replication')), 'the replica');
  const sentinels = await Promise.all([0, 1, 2].map(() => startRedis({ mode: 'sentinel' })));
  for (const { port } of sentinels) {
    await redisCommand(port, 'SENTINEL', 'MONITOR', name, '127.0.0.1', String(master.port), '2');
    await redisCommand(port, 'SENTINEL', 'SET', name, 'down-after-milliseconds', String(DOWN_AFTER_MS));
    await redisCommand(port, 'SENTINEL', 'SET', name, 'failover-timeout', '5000');
  }
  const told = async (sentinel: RedisServer) => {
    const state = flat(await redisCommand(sentinel.port, 'SENTINEL', 'MASTER', name));
    return { others: Number(state.get('num-other-sentinels')), replicas: Number(state.get('num-slaves')) };
  };
  await waitUntil(async () => {
    const states = await Promise.all(sentinels.map(told));
    return states.every(({ others, replicas }) => others === 2 && replicas === 1);
  }, 'the Sentinels to know each other');
  const masterPort = async (): Promise<number> => {
    const [first] = sentinels;
    const at = await redisCommand(first?.port ?? 0, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
    return Number((at as string[])[1]);
  };
  return {
    env: {
      REDIS_URL: `redis://${name}`,
      REDIS_SENTINELS: sentinels.map(({ url }) => url).join(','),
    },
    servers,
    killMaster: async () => {
      const port = await masterPort();
      const victim = servers.find((server) => server.port === port) ?? master;
      victim.kill();
      return {
        victim,
        failedOver: () =>
          waitUntil(async () => (await masterPort()) !== port, 'another master', FAILOVER_DEADLINE_MS),
      };
    },
    stop: async () => {
      await Promise.all([...sentinels, ...servers].map((server) => server.stop()));
    },
  };
}

/** Three masters with a replica each. */
export async function startRedisCluster(args: readonly string[] = []): Promise<ReplicatedRedis> {
  const servers = await Promise.all(Array.from({ length: 6 }, () => startClusterNode(args)));
  const [first] = servers;
  if (first === undefined) throw new Error('the cluster has nodes');
  for (const { port, busPort } of servers.slice(1)) {
    await redisCommand(first.port, 'CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort));
  }
  const third = Math.ceil(16_384 / 3);
  for (const [i, { port }] of servers.slice(0, 3).entries()) {
    const last = Math.min(16_383, (i + 1) * third - 1);
    await redisCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', String(i * third), String(last));
  }
  await waitUntil(
    async () => (await Promise.all(servers.map((server) => nodes(server)))).every((all) => all.length === 6),
    'the nodes to know each other',
    FAILOVER_DEADLINE_MS,
  );
  for (const [i, { port }] of servers.slice(3).entries()) {
    const id = String(await redisCommand(servers[i]?.port ?? 0, 'CLUSTER', 'MYID'));
    await redisCommand(port, 'CLUSTER', 'REPLICATE', id);
  }
  await waitUntil(
    async () => {
      const states = await Promise.all(
        servers.map(async (server) => String(await redisCommand(server.port, 'CLUSTER', 'INFO'))),
      );
      const masters = await Promise.all(servers.slice(0, 3).map((server) => info(server, 'replication')));
      return (
        states.every((state) => state.includes('cluster_state:ok')) &&
        masters.every((state) => /state=online/.test(state))
      );
    },
    'the cluster',
    FAILOVER_DEADLINE_MS,
  );
  return {
    env: { REDIS_URL: servers.map(({ url }) => url).join(',') },
    servers,
    killMaster: async () => {
      const [, victim] = servers;
      if (victim === undefined) throw new Error('the cluster has nodes');
      victim.kill();
      const witness = first;
      return {
        victim,
        failedOver: () =>
          waitUntil(
            async () =>
              (await nodes(witness)).some(
                (line) => line.includes(`:${victim.port}@`) && line.includes('fail'),
              ) &&
              (await nodes(witness)).filter((line) => /master/.test(line) && !/fail/.test(line)).length === 3,
            'another master',
            FAILOVER_DEADLINE_MS,
          ),
      };
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** By default its second port would be one of another test, 10000 above. */
async function startClusterNode(
  args: readonly string[],
): Promise<RedisServer & { readonly busPort: number }> {
  const busPort = await freePort();
  const server = await startRedis({
    args: [
      ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
      ...['--cluster-node-timeout', String(DOWN_AFTER_MS), '--cluster-announce-ip', '127.0.0.1'],
      ...['--cluster-replica-validity-factor', '0', ...PERSISTENT, ...args],
    ],
  });
  return { ...server, busPort };
}

async function nodes({ port }: RedisServer): Promise<readonly string[]> {
  const text = String(await redisCommand(port, 'CLUSTER', 'NODES'));
  return text.split('\n').filter((line) => line !== '' && !line.includes('handshake'));
}

async function info({ port }: RedisServer, section: string): Promise<string> {
  return String(await redisCommand(port, 'INFO', section));
}

function flat(reply: unknown): ReadonlyMap<string, string> {
  const words = reply as readonly string[];
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? ''] as const] : [])));
}
