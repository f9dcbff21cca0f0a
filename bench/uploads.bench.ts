import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { connectRaw } from '../test/support/raw-client.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { adminToken, OPEN_TO_READERS, request, startScorewire } from '../test/support/scorewire.ts';
import { CARDS, FantasyField } from './fantasy-field.ts';
import { median } from './support/pairs.ts';
import { cpuOf, memoryOf, peakMemoryOf } from './support/process-usage.ts';

/**
 * A contest as its operator has it: a million teams in one packed upload, the start, and points from then on. The built program in a process of its
 * own, which is asked all the time how far it is, as somebody who waits would.
 */
const TEAMS = Number(process.env.BENCH_TEAMS ?? 1_000_000);
const CHANGED_PLAYERS = 6;
const ROUNDS = 21;
const PAGES = 21;
const ASK_EVERY_MS = 250;
const WAIT_MS = 60_000;
/** Short, so that what is measured is not mostly the waiting for the next one. */
const TICK_MS = 50;
const CUP = '/v1/tournaments/cup';
const ALL = 'league:cup:all';

export async function* tables() {
  const field = new FantasyField(TEAMS);
  const packed = await packLines(field);
  const rows: Record<string, object> = { memory: await measure({}, undefined, field, packed) };
  const redis = await startRedis();
  rows['Redis'] = await measure({ REDIS_URL: redis.url }, redis.pid, field, packed);
  await redis.stop();
  const megabytes = (packed.reduce((sum, { length }) => sum + length, 0) / 2 ** 20).toFixed(0);
  const title = `${TEAMS.toLocaleString('en')} teams of ${CARDS} cards in one upload of ${megabytes} MB, packed`;
  yield [title, transposed(rows)] as const;
}

/** Before the clock runs, since the machine is shared. */
async function packLines(field: FantasyField): Promise<readonly Buffer[]> {
  const gzip = createGzip({ level: 1 });
  const pieces = gzip.toArray() as Promise<Buffer[]>;
  for (const { team, cards } of field.all()) {
    const line = { team, cards: cards.map(({ player, bonus }) => ({ player, bonus: bonus / 1000 })) };
    if (!gzip.write(`${JSON.stringify(line)}\n`)) await once(gzip, 'drain');
  }
  gzip.end();
  return pieces;
}

async function measure(
  env: Record<string, string>,
  redis: number | undefined,
  field: FantasyField,
  packed: readonly Buffer[],
): Promise<Readonly<Record<string, string>>> {
  const token = await adminToken();
  const server = await startScorewire({ ...OPEN_TO_READERS, TICK_MS: String(TICK_MS), ...env });
  const { pid } = server.process;
  const call = (path: string, options: object = {}) => request(`${server.url}${path}`, { token, ...options });
  while ((await call('/readyz')).status !== 200) await sleep(50);
  await call(CUP, { method: 'PUT', body: {} });

  const restBytes = await memoryOf(pid);
  const cpuBefore = [await cpuOf(pid), redis === undefined ? 0 : await cpuOf(redis)];
  const progress = followProgress(() => call(CUP));
  const uploadedAt = performance.now();
  const accepted = await upload(`${server.url}${CUP}/teams`, token, packed);
  const uploadMs = performance.now() - uploadedAt;
  if (accepted !== field.teams) throw new Error(`${accepted} teams were accepted`);
  const cpuAfter = [await cpuOf(pid), redis === undefined ? 0 : await cpuOf(redis)];
  const { seen, slowestMs } = await progress();
  const uploadPeak = await peakMemoryOf(pid);

  const startMs = await timed(() => call(`${CUP}/start`, { method: 'POST', body: {} }));
  const firstMs = await timed(() => page(call, 0));
  await publish(call, field.points());
  const client = await connectRaw(server.socketUrl);
  // On a busy machine the owner may take more than the second in which a gateway wants to know.
  while ((await client.ask({ type: 'subscribe', channel: ALL })).type !== 'subscribed') await sleep(50);
  const ticks: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = JSON.stringify(client.state(ALL));
    const changed = [...field.change(CHANGED_PLAYERS).keys()];
    ticks.push(
      await timed(async () => {
        await publish(
          call,
          changed.map((player) => [`player ${player}`, field.pointsOf(player)]),
        );
        await client.waitForState(ALL, (state) => JSON.stringify(state) !== before, WAIT_MS);
      }),
    );
  }
  const pages: number[] = [];
  for (let n = 0; n < PAGES; n++)
    pages.push(await timed(() => page(call, Math.floor((field.teams * n) / PAGES))));
  client.close();
  const peak = await peakMemoryOf(pid);
  const redisBytes = redis === undefined ? 0 : await memoryOf(redis);
  await server.stop();
  const perTeam = (n: number): string =>
    (((cpuAfter[n] ?? 0) - (cpuBefore[n] ?? 0)) / field.teams).toFixed(1);
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  return {
    'upload, s': (uploadMs / 1000).toFixed(1),
    'of the server, µs of CPU per team': perTeam(0),
    'of Redis': redis === undefined ? '' : perTeam(1),
    'times that progress was told': String(seen),
    'the slowest of these answers, ms': slowestMs.toFixed(0),
    'server at rest before it, MB': megabytes(restBytes),
    'server during the upload at most, MB': megabytes(uploadPeak),
    'start, ms': startMs.toFixed(0),
    'first page, ms': firstMs.toFixed(0),
    [`from points to the top 100 at a viewer, ms, with ticks of ${TICK_MS}`]: median(ticks).toFixed(0),
    'a page from anywhere, ms': median(pages).toFixed(1),
    'server in all that time at most, MB': megabytes(peak),
    'Redis in the end, MB': redis === undefined ? '' : megabytes(redisBytes),
  };
}

type Call = (path: string, options?: object) => ReturnType<typeof request>;

async function upload(url: string, token: string, packed: readonly Buffer[]): Promise<number> {
  const sent = httpRequest(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
    },
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  for (const piece of packed) if (!sent.write(piece)) await once(sent, 'drain');
  sent.end();
  const [answer] = await answered;
  const { accepted, rejected } = JSON.parse((await answer.toArray()).join('')) as {
    accepted: number;
    rejected: readonly object[];
  };
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected[0]));
  return accepted;
}

/** Asks until it is told to end; gives how many different numbers were told before the last, and how long one had to be waited for. */
function followProgress(ask: () => ReturnType<Call>): () => Promise<{ seen: number; slowestMs: number }> {
  const seen = new Set<number>();
  let slowestMs = 0;
  let isOver = false;
  const following = (async () => {
    while (!isOver) {
      const askedAt = performance.now();
      const { body } = await ask();
      slowestMs = Math.max(slowestMs, performance.now() - askedAt);
      seen.add(body.registered);
      await sleep(ASK_EVERY_MS);
    }
  })();
  return async () => {
    isOver = true;
    await following;
    return { seen: seen.size, slowestMs };
  };
}

async function page(call: Call, offset: number): Promise<void> {
  while ((await call(`${CUP}/leagues/all?limit=100&offset=${offset}`)).status !== 200) await sleep(50);
}

async function publish(call: Call, points: readonly (readonly [string, number])[]): Promise<void> {
  const body = points.map(([player, value]) => ({
    type: 'points',
    tournament: 'cup',
    player,
    points: value,
  }));
  const { status } = await call('/v1/events', { body });
  if (status !== 200) throw new Error(`points were answered with ${status}`);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

/** Each figure is a row, each engine a column. */
function transposed(rows: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  const figures = new Map<string, Record<string, string>>();
  for (const [engine, row] of Object.entries(rows)) {
    for (const [figure, value] of Object.entries(row)) {
      figures.set(figure, { ...figures.get(figure), [engine]: String(value) });
    }
  }
  return Object.fromEntries(figures);
}
