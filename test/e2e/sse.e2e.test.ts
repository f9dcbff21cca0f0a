/** Server-Sent Events of the product as its users run it: what they give is what the socket gives and what HTTP reads. */
import { afterEach, expect, it, vi } from 'vitest';
import { signToken } from '../../server/auth/tokens.ts';
import { type EventStreamClient, listenTo } from '../support/event-stream-client.ts';
import type { FollowedStates } from '../support/followed-states.ts';
import { startNats } from '../support/nats-server.ts';
import { connectRaw } from '../support/raw-client.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
  TEST_SECRET,
} from '../support/scorewire.ts';
import { seededRandom } from '../support/seeded-random.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(env: Record<string, string> = {}): Promise<RunningScorewire> {
  const server = await startScorewire({ ...OPEN_TO_READERS, ...env });
  ends.push(() => server.stop());
  return server;
}

async function listen(
  { url }: RunningScorewire,
  channels: readonly string[],
  from?: { readonly lastEventId: string; readonly states: FollowedStates },
): Promise<EventStreamClient> {
  const query = new URLSearchParams(channels.map((channel) => ['channel', channel]));
  const client = await listenTo(`${url}/v1/sse?${query}`, {
    ...(from === undefined ? {} : { states: from.states, headers: { 'last-event-id': from.lastEventId } }),
  });
  ends.push(() => {
    client.close();
    expect(client.states.violations).toEqual([]);
  });
  return client;
}

async function publish({ url }: RunningScorewire, ...events: object[]): Promise<void> {
  const { body } = await request(`${url}/v1/events`, { token: await adminToken(), body: events });
  expect(body).toMatchObject({ applied: events.length });
}

const score = (board: string, member: string, delta: number) => ({ type: 'score', board, member, delta });

it('gives the states that HTTP reads and that a socket gives, however often it is interrupted', async () => {
  const server = await start({ TICK_MS: '50' });
  const random = seededRandom(20_261_121);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const members = ['ann', 'böb', 'c:d', '__proto__', 'e f'];
  const channels = [
    'board:a',
    'board:b',
    ...members.map((member) => `rank:a:${member}`),
    'player:a:ann',
    'area:111',
  ];
  const socket = await connectRaw(server.socketUrl);
  ends.push(() => socket.close());
  for (const channel of channels) await socket.ask({ type: 'subscribe', channel });

  let stream = await listen(server, channels);
  let interruptions = 0;
  let recovered = 0;
  for (let round = 0; round < 60; round++) {
    const event = pick<() => object>([
      () => score(pick(['a', 'b']), pick(members), Math.floor(random() * 9) - 4),
      () => ({ type: 'result', product: 'a', winner: 'ann', loser: pick(['böb', 'c:d']) }),
      () => ({ type: 'profile', member: pick(members), name: `N${round}` }),
      () => ({
        type: 'session',
        area: '111',
        mode: pick(['m', 'n']),
        user: pick(members),
        action: pick(['LOGIN', 'LOGOUT']),
      }),
    ]);
    await publish(server, ...Array.from({ length: 1 + Math.floor(random() * 4) }, event));
    if (random() < 0.2) {
      const before = stream;
      before.close();
      await before.ended;
      interruptions++;
      await publish(server, score('a', pick(members), 1));
      stream = await listen(server, channels, before);
      const last = channels.length - 1;
      await stream.waitFor('all channels', (frame) => frame.type === 'subscribed' && frame.id === last);
      recovered += stream.frames.filter(
        (frame) => frame.type === 'subscribed' && 'recovered' in frame,
      ).length;
    }
  }
  expect(interruptions).toBeGreaterThan(5);
  // Nearly all of them; how many patches are kept is not promised.
  expect(recovered).toBeGreaterThan(interruptions);

  const read = async (path: string) => (await request(`${server.url}${path}`)).body;
  interface Row {
    member: string;
    score: number;
    name?: string;
  }
  const rowsOf = async (board: string) =>
    (await read(`/v1/boards/${board}?limit=100`)).rows.map(({ member, score: points, name }: Row) =>
      name === undefined ? [member, points] : [member, points, name],
    );
  const documentOf = async (member: string) => {
    const {
      rank,
      score: points,
      total,
    } = await read(`/v1/boards/a/members/${encodeURIComponent(member)}?around=0`);
    return rank === undefined ? undefined : { member, total, rank, score: points };
  };
  const modesOf = async () =>
    (await read('/v1/stats?area_code=111')).modes.map(({ mode, count }: { mode: string; count: number }) => [
      mode,
      count,
    ]);
  await vi.waitFor(async () => {
    expect(stream.states.of('board:a')).toEqual(await rowsOf('a'));
    expect(stream.states.of('board:b')).toEqual(await rowsOf('b'));
    for (const member of members) {
      expect(stream.states.of(`rank:a:${member}`)).toMatchObject((await documentOf(member)) ?? { member });
    }
    expect(stream.states.of('player:a:ann')).toEqual(await read('/v1/products/a/players/ann'));
    expect(stream.states.of('area:111')).toEqual(await modesOf());
    for (const channel of channels) expect(stream.states.of(channel)).toEqual(socket.state(channel));
  }, 10_000);
  expect(socket.violations).toEqual([]);
});

it('goes on with another node after the first is killed, and with a new one after all are gone', async () => {
  const redis = await startRedis();
  ends.push(() => redis.stop());
  const nats = await startNats();
  ends.push(() => nats.stop());
  const env = { REDIS_URL: redis.url, NATS_URL: nats.url };
  const owner = await start(env);
  const other = await start(env);
  const channels = ['board:a', 'rank:a:ann'];
  await publish(owner, score('a', 'ann', 1));
  // Somebody else listens at the owner, so that it has what is missed at the other node.
  const witness = await listen(owner, channels);
  const first = await listen(other, channels);
  for (const client of [witness, first]) {
    await client.waitForState('board:a', (state) => JSON.stringify(state) === '[["ann",1]]');
    await client.waitForState('rank:a:ann', (state) => 'rank' in state);
  }
  other.process.signal('SIGKILL');
  await first.ended;
  await publish(owner, score('a', 'bob', 5));
  await witness.waitForState('board:a', (state) => JSON.stringify(state) === '[["bob",5],["ann",1]]');
  await witness.waitForState('rank:a:ann', (state) => 'rank' in state && state.rank === 2);

  const second = await listen(owner, channels, first);
  await second.waitFor('both', (frame) => frame.type === 'subscribed' && frame.id === 1);
  expect(second.states.of('board:a')).toEqual(witness.states.of('board:a'));
  expect(second.states.of('rank:a:ann')).toEqual(witness.states.of('rank:a:ann'));
  expect(second.frames.every((frame) => frame.type !== 'subscribed' || 'recovered' in frame)).toBe(true);

  await owner.stop();
  await second.ended;
  const after = await start(env);
  await publish(after, score('a', 'cid', 9));
  const third = await listen(after, channels, second);
  await third.waitForState('board:a', (state) => JSON.stringify(state) === '[["cid",9],["bob",5],["ann",1]]');
  await third.waitForState('rank:a:ann', (state) => 'rank' in state && state.rank === 3);
  expect(third.frames[0]).toHaveProperty('state');
});

it('is for whom the token permits, and the token in the address is never logged', async () => {
  const server = await start({ ANONYMOUS_SUBSCRIBE: 'board:public*', LOG_LEVEL: 'debug' });
  const token = await signToken(TEST_SECRET, { sub: 'ann', subscribe: ['board:private'] }, 3600);
  const status = async (query: string) => {
    const client = await listenTo(`${server.url}/v1/sse?${query}`);
    client.close();
    return client.status;
  };
  expect(await status('channel=board:public')).toBe(200);
  expect(await status('channel=board:private')).toBe(401);
  expect(await status('channel=board:public&channel=board:private')).toBe(401);
  expect(await status(`channel=board:private&token=${token}`)).toBe(200);
  expect(await status(`channel=board:other&token=${token}`)).toBe(403);
  expect(await status(`channel=board:private&token=${token}x`)).toBe(401);
  await server.stop();
  expect(server.process.log()).toContain('listening');
  expect(server.process.log()).not.toContain(token.slice(0, 20));
  expect(server.process.log()).not.toContain(token.slice(-20));
});

it('says bye when the server is stopped, which does not wait for it', async () => {
  const server = await start();
  await publish(server, score('a', 'ann', 1));
  const streams = await Promise.all([1, 2, 3].map(() => listen(server, ['board:a'])));
  for (const stream of streams)
    await stream.waitForState('board:a', (state) => 'length' in state && state.length === 1);
  server.process.signal('SIGTERM');
  for (const stream of streams) {
    await stream.ended;
    expect(stream.frames.at(-1)).toMatchObject({ type: 'bye' });
  }
  await server.process.exited;
  expect(server.process.exitCode()).toBe(0);
});
