/**
 * What history costs: copying a log that is there already, and staying behind a log that grows. Real Redis, and real PostgreSQL with `fsync`.
 * Processor time is by process, and says more than the clock where these share two cores.
 */
import { readFileSync } from 'node:fs';
import { createArchiver } from '../archiver/archiver.ts';
import { DEFAULT_ARCHIVER_OPTIONS } from '../archiver/archiver-options.ts';
import { createPostgresArchive, DEFAULT_POSTGRES_OPTIONS } from '../archiver/postgres/postgres-archive.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { createRedisStore } from '../store/redis/redis-store.ts';
import { DEFAULT_STORE_OPTIONS, type ScoreStore } from '../store/score-store.ts';
import { openHistory } from '../test/support/history.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import { startRedis } from '../test/support/redis-server.ts';

const PARTITIONS = 16;
const OPERATIONS = 200_000;
const LOAD_SECONDS = 10;
const LOAD_PER_SECOND = 5000;

type Row = Record<string, string>;

export async function* tables(): AsyncIterable<
  readonly [title: string, rows: Readonly<Record<string, Row>>]
> {
  const copied: Record<string, Row> = {};
  for (const size of [512, 64, 1]) {
    copied[`batches of ${size}`] = await measure((bench) =>
      copyAll(bench, size === 1 ? OPERATIONS / 10 : OPERATIONS, size),
    );
  }
  yield ['a log of 16 partitions that is there already', copied];
  const title = `${LOAD_PER_SECOND} operations a second for ${LOAD_SECONDS} s, in batches of 50`;
  yield [title, { lag: await measure(follow) }];
}

interface Bench {
  readonly store: ScoreStore;
  readonly archiver: ReturnType<typeof createArchiver>;
  readonly backendCpuMs: () => number;
}

/** With engines of its own. */
async function measure(run: (bench: Bench) => Promise<Row>): Promise<Row> {
  const redis = await startRedis();
  const postgres = await startPostgres({ args: ['-c', 'fsync=on', '-c', 'shared_buffers=256MB'] });
  const history = await openHistory(postgres.url);
  const options = { ...DEFAULT_STORE_OPTIONS, partitions: PARTITIONS, url: redis.url, logger: silentLogger };
  const store = createRedisStore(options);
  await store.start();
  const archive = createPostgresArchive(
    { logger: silentLogger },
    { ...DEFAULT_POSTGRES_OPTIONS, url: postgres.url },
  );
  const archiver = createArchiver(
    { store, archive, clock: systemClock, logger: silentLogger },
    DEFAULT_ARCHIVER_OPTIONS,
  );
  let pid: number | undefined;
  const findWriter = async (): Promise<void> => {
    const sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'scorewire archiver'";
    while (pid === undefined) pid = (await history.query(sql))[0]?.pid;
  };
  const finding = findWriter();
  try {
    return await run({ store, archiver, backendCpuMs: () => cpuMsOf(pid) });
  } finally {
    await archiver.stop();
    await finding;
    await store.stop();
    await history.close();
    await Promise.all([redis.stop(), postgres.stop()]);
  }
}

/** User and system time, in hundredths of a second as Linux has it. */
function cpuMsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

async function write(store: ScoreStore, count: number, size: number, seed = 0): Promise<void> {
  const batches = Math.ceil(count / size);
  const one = (i: number) => ({
    ...{
      op: 'delta' as const,
      board: `board-${i % 4}`,
      member: `player ${(i * 7919) % 20_000}`,
      value: i % 37,
    },
  });
  for (let first = 0; first < batches; first += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, batches - first) }, (_, i) => {
        const operations = Array.from({ length: size }, (_, j) => one(seed + (first + i) * size + j));
        const partition = (first + i) % PARTITIONS;
        return store.apply({ partition, acceptedAt: Date.now(), parts: [{ operations }] });
      }),
    );
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function copyAll({ store, archiver, backendCpuMs }: Bench, count: number, size: number): Promise<Row> {
  await write(store, count, size);
  const written = Math.ceil(count / size) * size;
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await archiver.start();
  while (archiver.stats().operations < written) await pause(2);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  return {
    'operations per second': Math.round((1000 * written) / ms).toLocaleString('en'),
    'µs of Node per operation': ((user + system) / written).toFixed(1),
    'µs of PostgreSQL': ((1000 * backendCpuMs()) / written).toFixed(1),
    transactions: String(archiver.stats().batchSeconds.count),
  };
}

async function follow({ store, archiver, backendCpuMs }: Bench): Promise<Row> {
  await archiver.start();
  while (!archiver.stats().active) await pause(10);
  const seconds: number[] = [];
  const operations: number[] = [];
  const endAt = performance.now() + LOAD_SECONDS * 1000;
  let seed = 0;
  for (let next = performance.now(); next < endAt; next += 100) {
    await write(store, LOAD_PER_SECOND / 10, 50, seed);
    seed += LOAD_PER_SECOND / 10;
    const stats = archiver.stats();
    seconds.push(stats.lagSeconds);
    operations.push(stats.lagOperations);
    await pause(Math.max(0, next + 100 - performance.now()));
  }
  const total = archiver.stats().operations;
  return {
    'lag, mean': `${(seconds.reduce((sum, each) => sum + each, 0) / seconds.length).toFixed(2)} s`,
    'lag, most': `${Math.max(...seconds).toFixed(2)} s`,
    'operations behind, most': Math.max(...operations).toLocaleString('en'),
    'µs of PostgreSQL per operation': ((1000 * backendCpuMs()) / total).toFixed(1),
    transactions: String(archiver.stats().batchSeconds.count),
  };
}
