import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partitionOfBoard } from '../../store/partitions.ts';
import { DEFAULT_STORE_OPTIONS } from '../../store/score-store.ts';
import { type Installation, portOf, startInstallation } from '../support/cluster.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { redisCommand } from '../support/redis-command.ts';
import { adminToken, type RunningScorewire, request, startScorewire } from '../support/scorewire.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { writeFaultTable } from './fault-table.ts';
import { type FaultRow, type Load, recomputeAll, socketUrls, startLoad } from './load.ts';

const SEED = Number(process.env.FAULT_SEED ?? 20_261_121);
const TEST_MS = 120_000;
const FRAMES = 18;
const FRAME_EVENTS = 5000;
const rows: FaultRow[] = [];
afterAll(() => writeFaultTable(rows));

/**
 * Whatever happens in the middle of load: every event counts once. The producers go back, hang up and change servers by
 * themselves; the seed (FAULT_SEED) repeats their choices.
 */
describe(`every event counts once (seed ${SEED})`, () => {
  let house: Installation;
  let owner: RunningScorewire;
  let servers: RunningScorewire[];
  let load: Load;

  const server = (index: number): RunningScorewire => {
    const found = servers[index];
    if (found === undefined) throw new Error(`no server ${index}`);
    return found;
  };
  /** Waits until the fault is felt by publishers: of any partition, or of the one that fails. */
  const refused = (partition?: number): Promise<void> => {
    const names = Array.from({ length: 1000 }, (_, i) => `probe-${i}`);
    const board = names.find(
      (name) =>
        partition === undefined || partitionOfBoard(name, DEFAULT_STORE_OPTIONS.partitions) === partition,
    );
    const event = { type: 'score', board, member: 'm', set: 1 };
    return waitUntil(
      async () => (await house.publish(server(0), [event])) === 503,
      'publishing to be refused',
      20_000,
    );
  };
  /** Load until the fault, the fault, load until the end, and then the proof. */
  const prove = async (name: string, inFlight: string, fault: () => Promise<number>): Promise<void> => {
    await load.progress(20_000);
    const endedAt = await fault();
    await load.done;
    const row = await load.row(name, inFlight, endedAt, server(0).url);
    rows.push(row);
    expect(row).toMatchObject({ lost: 0, doubled: 0 });
    expect(row.repeated).toBeGreaterThan(0);
    const { checked, corrected } = await recomputeAll(server(0).url);
    expect(checked).toBeGreaterThan(100);
    expect(corrected).toBe(0);
  };

  beforeEach(async () => {
    house = await startInstallation();
    owner = await house.broadcaster();
    servers = await Promise.all([house.server(), house.server()]);
    load = await startLoad(socketUrls(servers), { seed: SEED });
  }, TEST_MS);
  afterEach(() => house.stop(), TEST_MS);

  it(
    'redis-server killed and started again',
    () =>
      prove(
        'redis-server killed (-9), started again; appendfsync always',
        'batches in several partitions',
        async () => {
          house.redis.kill();
          await house.redis.restart();
          return Date.now();
        },
      ),
    TEST_MS,
  );

  it(
    'a gateway killed, its producers go on through the other',
    () =>
      prove(
        'a gateway killed (-9), then started again',
        'publishes read, batches under way, acks unsent',
        async () => {
          const port = portOf(server(1));
          server(1).process.signal('SIGKILL');
          await server(1).process.exited;
          const endedAt = Date.now();
          servers[1] = await house.server(port);
          return endedAt;
        },
      ),
    TEST_MS,
  );

  it(
    'Redis paused for longer than a command may take',
    () =>
      prove(
        'redis-server paused (SIGSTOP) until commands time out',
        'batches that Redis has and may apply later',
        async () => {
          house.redis.pause();
          await refused();
          house.redis.resume();
          return Date.now();
        },
      ),
    TEST_MS,
  );

  it(
    'Redis that refuses writes: a replica for a while, then a full one',
    () =>
      prove(
        'READONLY, then OOM, each until publishing is refused',
        'batches refused as a whole',
        async () => {
          const { port } = house.redis;
          await redisCommand(port, 'REPLICAOF', '127.0.0.1', '1');
          await refused();
          await redisCommand(port, 'REPLICAOF', 'NO', 'ONE');
          await redisCommand(port, 'CONFIG', 'SET', 'maxmemory', '1');
          await refused();
          await redisCommand(port, 'CONFIG', 'SET', 'maxmemory', '0');
          return Date.now();
        },
      ),
    TEST_MS,
  );

  it(
    'one partition fails while the others go on',
    () =>
      prove(
        'one partition fails, the others apply',
        'batches that are applied in some partitions only',
        async () => {
          const { port } = house.redis;
          // A key of the wrong type makes every script of this one partition fail.
          const [position] = (await redisCommand(port, 'KEYS', '*{p0}:position')) as string[];
          const victim =
            position ?? (((await redisCommand(port, 'KEYS', '*:position')) as string[])[0] as string);
          await redisCommand(port, 'RENAME', victim, `${victim}-away`);
          await redisCommand(port, 'LPUSH', victim, 'in the way');
          await refused(Number(/\{p(\d+)\}/.exec(victim)?.[1]));
          await redisCommand(port, 'DEL', victim);
          await redisCommand(port, 'RENAME', `${victim}-away`, victim);
          return Date.now();
        },
      ),
    TEST_MS,
  );

  it(
    'a broadcaster stopped past its lease and continued misleads no viewer',
    async () => {
      const board = house.client(server(1)).board('load-0');
      await prove(
        'the owning broadcaster paused (SIGSTOP) past its lease, then continued beside its successor',
        'a tick and its patches; writes are not its business',
        async () => {
          await waitUntil(() => board.position !== undefined, 'the viewer to hold a state');
          const epoch = board.position?.epoch;
          await house.broadcaster();
          owner.process.signal('SIGSTOP');
          await waitUntil(() => board.position?.epoch !== epoch, "the successor's epoch", 20_000);
          owner.process.signal('SIGCONT');
          return Date.now();
        },
      );
      const { body } = await request(`${server(0).url}/v1/boards/load-0?limit=100`);
      const right = body.rows.map(({ member, score }: { member: string; score: number }) => [member, score]);
      await waitUntil(() => JSON.stringify(board.state) === JSON.stringify(right), 'the viewer to be right');
    },
    TEST_MS,
  );
});

describe('connections that are cut, delayed and half closed', () => {
  it(
    'between producers and gateways, and between gateways and Redis',
    async () => {
      const house = await startInstallation();
      const toRedis = await startTcpProxy(house.redis.port);
      await house.broadcaster();
      const server = await startScorewire({
        ...house.env,
        ROLE: 'server',
        REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
      });
      const toServer = await startTcpProxy(portOf(server));
      const proxied = `ws://127.0.0.1:${toServer.port}/v1/ws`;
      const load = await startLoad(() => [proxied, server.socketUrl], { seed: SEED + 1, deadlineMs: 90_000 });
      await load.progress(10_000);
      // These times are the fault: so long is the network as it is said.
      const unkind = async (proxy: TcpProxy): Promise<void> => {
        proxy.cut();
        await new Promise((resolve) => setTimeout(resolve, 200));
        proxy.delay(150);
        await new Promise((resolve) => setTimeout(resolve, 600));
        proxy.delay(0);
        proxy.halfClose();
        await new Promise((resolve) => setTimeout(resolve, 300));
        proxy.swallow();
        await new Promise((resolve) => setTimeout(resolve, 700));
        // What was swallowed is gone, so the streams can't go on.
        proxy.cut();
        proxy.flow();
      };
      await unkind(toServer);
      await unkind(toRedis);
      const endedAt = Date.now();
      await load.done;
      const row = await load.row(
        'connections cut, delayed, half closed, swallowed (TCP proxy)',
        'frames and acks, batches and their replies',
        endedAt,
        server.url,
      );
      rows.push(row);
      expect(row).toMatchObject({ lost: 0, doubled: 0 });
      expect((await recomputeAll(server.url)).corrected).toBe(0);
      await server.stop();
      await Promise.all([toServer.stop(), toRedis.stop()]);
      await house.stop();
    },
    TEST_MS,
  );
});

describe('a producer that is taken over', () => {
  it(
    'conflicts on its first connection, and the second goes on without loss',
    async () => {
      const house = await startInstallation();
      await house.broadcaster();
      const servers = await Promise.all([house.server(), house.server()]);
      const token = await adminToken();
      const [first, second] = await Promise.all(
        servers.map(({ socketUrl }) => connectRaw(socketUrl, { token })),
      );
      const events = (count: number) =>
        Array.from({ length: count }, () => ({ type: 'score', board: 'taken', member: 'm', delta: 1 }));
      const publish = { type: 'publish', producer: 'shared' };
      expect(await first?.ask({ ...publish, seq: 1, events: events(100) })).toMatchObject({
        type: 'ack',
        applied: 100,
        seq: 100,
      });
      // The first has much on its way when the second takes over and sends the same again.
      const frames = Array.from({ length: FRAMES }, (_, i) => ({
        ...publish,
        seq: 101 + i * FRAME_EVENTS,
        events: events(FRAME_EVENTS),
      }));
      const last = 100 + FRAMES * FRAME_EVENTS;
      frames.forEach((frame, i) => {
        first?.send({ ...frame, id: 1000 + i });
      });
      await first?.waitFor('some to be settled', (frame) => frame.type === 'ack' && (frame.seq ?? 0) > 100);
      const takenAt = Date.now();
      frames.slice(0, -1).forEach((frame, i) => {
        second?.send({ ...frame, id: 1000 + i });
      });
      expect(await second?.ask(frames.at(-1) ?? {})).toMatchObject({ type: 'ack', seq: last });
      const acked = Date.now();
      expect(await first?.ask({ ...publish, seq: last + 1, events: events(1) })).toMatchObject({
        type: 'error',
        code: 'conflict',
      });
      expect(await second?.ask({ ...publish, seq: last + 1, events: events(1) })).toMatchObject({
        type: 'ack',
        applied: 1,
      });
      const { body } = await request(`${servers[0]?.url}/v1/boards/taken`);
      const difference = body.rows[0].score - (last + 1);
      rows.push({
        fault: 'a second connection takes the producer over, through another gateway',
        inFlight: `${FRAMES} frames of the first, some settled, one in the middle`,
        events: last + 1,
        repeated: FRAMES * FRAME_EVENTS,
        lost: Math.max(0, -difference),
        doubled: Math.max(0, difference),
        recoveryMs: acked - takenAt,
      });
      expect(rows.at(-1)).toMatchObject({ lost: 0, doubled: 0 });
      first?.close();
      second?.close();
      await house.stop();
    },
    TEST_MS,
  );
});

describe('a store that is restored to an older state', () => {
  it(
    'is what viewers converge on, and producers go on from there',
    async () => {
      const backup = await mkdtemp(join(tmpdir(), 'scorewire-backup-'));
      const house = await startInstallation();
      await house.broadcaster();
      const server = await house.server();
      const board = house.client(server).board('restored');
      const token = await adminToken();
      const add = (delta: number) =>
        request(`${server.url}/v1/events`, {
          token,
          body: { type: 'score', board: 'restored', member: 'm', delta },
        });
      await add(10);
      house.redis.kill();
      await cp(house.redis.dir, backup, { recursive: true });
      await house.redis.restart();
      await waitUntil(async () => (await add(5)).status === 200, 'a publish', 20_000);
      await waitUntil(() => board.state?.[0]?.[1] === 15, 'the viewer to see 15', 20_000);
      house.redis.kill();
      await rm(house.redis.dir, { recursive: true });
      await cp(backup, house.redis.dir, { recursive: true });
      await house.redis.restart();
      await waitUntil(
        () => board.state?.[0]?.[1] === 10 && board.status === 'live',
        'the viewer to see 10',
        40_000,
      );
      await waitUntil(async () => (await add(1)).status === 200, 'a publish', 20_000);
      await waitUntil(() => board.state?.[0]?.[1] === 11, 'the viewer to see 11', 20_000);
      await rm(backup, { recursive: true });
      await house.stop();
    },
    TEST_MS,
  );
});
