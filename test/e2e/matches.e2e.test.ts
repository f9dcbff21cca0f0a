/** Matches of the product as its users run it: scored over HTTP and the socket, followed over the socket and as Server-Sent Events. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AckFrame, ServerFrame } from '../../protocol/frames.ts';
import type { PlayEvent } from '../../protocol/match-events.ts';
import type { Document, Rows, State } from '../../protocol/views.ts';
import { importCricsheet } from '../../scoring/cricket/cricsheet.ts';
import { beginMatch } from '../../scoring/sports.ts';
import { signToken } from '../../server/auth/tokens.ts';
import { ENGINES, type Engines } from '../support/engines.ts';
import { type EventStreamClient, listenTo } from '../support/event-stream-client.ts';
import { FollowedStates } from '../support/followed-states.ts';
import { freePort, waitUntil } from '../support/processes.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
  TEST_SECRET,
} from '../support/scorewire.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../support/test-data.ts';

const TICK_MS = 50;
const GENERIC = { sport: 'generic', teams: ['Ajax', 'PSV'] };
const REAL_MATCH = '1187667';
const eventsIn = (state: State | undefined): number => Number((state as Document | undefined)?.events ?? -1);
const lastOf = (rows: State): number => Number((rows as Rows).at(-1)?.[0] ?? 0);
const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** How the match stands after each of its events, by nothing but the rules. */
function foldOf(match: string) {
  const file = readTestData<{ info: { outcome: { winner: string } } }>(`cricket/${match}.json`);
  const { fixture, events } = importCricsheet(match, file);
  const fold = beginMatch(match, fixture);
  const documents: unknown[] = [asSent(fold.document())];
  const feeds: unknown[] = [[]];
  for (const event of events) {
    fold.append(event);
    documents.push(asSent(fold.document()));
    feeds.push(asSent(fold.feed().map(({ n, text, event: each }) => [n, text, each])));
  }
  return { winner: file.info.outcome.winner, fixture, events, documents, feeds };
}

/** Every state that the client has held, in order. */
function statesOf(frames: readonly ServerFrame[], channel: string): State[] {
  const states = new FollowedStates();
  const held: State[] = [];
  for (const frame of frames) {
    states.follow(frame);
    const state = states.of(channel);
    if ('channel' in frame && frame.channel === channel && frame.type !== 'status' && state) held.push(state);
  }
  return held;
}

function withoutExpected(rows: State): unknown {
  return (rows as Rows).map(([n, text, event]) => {
    const { expected: _, ...told } = event as { expected?: number };
    return [n, text, told];
  });
}

/** The command, as built. */
function importFile(server: RunningScorewire, token: string, match: string, ...args: string[]) {
  const file = join(process.env.SCOREWIRE_TEST_DATA ?? '', `cricket/${match}.json`);
  const command = spawn(process.execPath, ['dist/cli/import.js', file, '--url', server.url, ...args], {
    env: { PATH: process.env.PATH, SCOREWIRE_TOKEN: token },
  });
  let output = '';
  command.stdout.on('data', (data) => (output += data));
  command.stderr.on('data', (data) => (output += data));
  const ended = once(command, 'exit').then(([code]) => ({ code, output }));
  return { command, ended };
}

describe.each(ENGINES)('matches on $name', ({ name, start }) => {
  let engines: Engines;
  let token: string;
  /** What is written to, and what is read from; on embedded engines there is only one node. */
  let one: RunningScorewire;
  let other: RunningScorewire;
  const isShared = name !== 'embedded engines';
  const clients: (RawClient | EventStreamClient)[] = [];
  const commands: ChildProcess[] = [];

  const node = (port: number) =>
    startScorewire({ ...engines.env, ...OPEN_TO_READERS, TICK_MS: String(TICK_MS), PORT: String(port) });

  beforeAll(async () => {
    [engines, token] = await Promise.all([start(), adminToken()]);
    one = await node(await freePort());
    other = isShared ? await node(0) : one;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) {
      expect('violations' in client ? client.violations : client.states.violations).toEqual([]);
      client.close();
    }
    for (const command of commands.splice(0)) command.kill();
  });
  afterAll(async () => {
    await Promise.all([one?.stop(), isShared ? other?.stop() : undefined]);
    await engines?.stop();
  });

  const call = (method: string, path: string, body?: object, server = one) =>
    request(`${server.url}/v1/matches${path}`, { method, token, ...(body === undefined ? {} : { body }) });
  const connect = async (server = other, by?: string): Promise<RawClient> => {
    const client = await connectRaw(server.socketUrl, by === undefined ? {} : { token: by });
    clients.push(client);
    return client;
  };
  const follow = async (...channels: string[]): Promise<RawClient> => {
    const client = await connect();
    for (const channel of channels) {
      expect(await client.ask({ type: 'subscribe', channel })).toMatchObject({ type: 'subscribed', channel });
    }
    return client;
  };
  const goal = (points = 1) => ({ action: 'score', team: 'PSV', points });
  const startGame = async (match: string): Promise<void> => {
    expect((await call('PUT', `/${match}`, GENERIC)).status).toBe(200);
    expect((await call('POST', `/${match}/actions`, { action: 'start' })).status).toBe(200);
  };

  it.skipIf(!hasTestData)(
    `a real match is followed exactly as its rules fold it, tick by tick, to its stated result${LEFT_OUT}`,
    async () => {
      const { fixture, events, documents, feeds, winner } = foldOf(REAL_MATCH);
      const channel = `match:${REAL_MATCH}`;
      expect((await call('PUT', `/${REAL_MATCH}`, fixture)).status).toBe(200);
      const client = await follow(channel, `${channel}:feed`);
      const stream = await listenTo(`${other.url}/v1/sse?channel=${channel}&channel=${channel}:feed`);
      clients.push(stream);
      const { command, ended } = importFile(one, token, REAL_MATCH, '--live', '5000x');
      commands.push(command);
      const { code, output } = await ended;
      expect(code, output).toBe(0);
      expect(output).toContain(`${REAL_MATCH}: ${events.length} events, ${winner} won by`);
      const last = await client.waitForState(channel, (state) => eventsIn(state) === events.length);
      expect(last).toEqual(documents.at(-1));
      expect(last).toMatchObject({ status: 'complete', result: { winner } });
      await client.waitForState(`${channel}:feed`, (state) => lastOf(state) === events.length);
      const told = statesOf(client.frames, channel);
      expect(told.length).toBeGreaterThan(20);
      for (const state of told) expect(state).toEqual(documents[eventsIn(state)]);
      for (const state of statesOf(client.frames, `${channel}:feed`)) {
        const rows = state as Rows;
        expect(withoutExpected(rows)).toEqual(feeds[lastOf(rows)]);
      }
      expect(await stream.waitForState(channel, (state) => eventsIn(state) === events.length)).toEqual(last);
      for (const server of [one, other]) {
        expect((await call('GET', `/${REAL_MATCH}`, undefined, server)).body).toEqual(last);
      }
      const again = importFile(other, token, REAL_MATCH);
      expect(await again.ended).toMatchObject({ code: 0 });
      expect((await call('GET', `/${REAL_MATCH}`)).body.events).toBe(events.length);
    },
    60_000,
  );

  it('of two scorers at once one is taken, and the other one is told how the match stands', async () => {
    await startGame('two');
    const client = await follow('match:two');
    for (let expected = 1; expected < 9; expected++) {
      const replies = await Promise.all(
        [one, other].map((server, index) =>
          call('POST', '/two/actions', { ...goal(index + 1), expected }, server),
        ),
      );
      expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      const late = replies.find(({ status }) => status === 409)?.body;
      expect(late).toMatchObject({ code: 'conflict', events: expected + 1, match: { events: expected + 1 } });
    }
    const { body } = await call('GET', '/two/events', undefined, other);
    expect(body.records).toHaveLength(9);
    const points = body.records.slice(1).reduce((sum: number, { event }: { event: { points: number } }) => {
      return sum + event.points;
    }, 0);
    const state = await client.waitForState('match:two', (held) => eventsIn(held) === 9);
    expect(state).toMatchObject({ scores: { Ajax: 0, PSV: points } });
  });

  it('what is taken back or put right is told as one update', async () => {
    await startGame('undone');
    for (const points of [1, 2, 4]) await call('POST', '/undone/actions', goal(points));
    const client = await follow('match:undone', 'match:undone:feed');
    const updates = () =>
      client.frames.flatMap((frame) => (frame.type === 'update' ? [frame.channel] : [])).toSorted();
    expect((await call('POST', '/undone/undo', {})).body).toEqual({ events: 5 });
    const undone = await client.waitForState('match:undone', (state) => eventsIn(state) === 5);
    expect(undone).toMatchObject({ scores: { PSV: 3 } });
    await client.waitForState('match:undone:feed', (state) => (state as Rows).length === 3);
    expect(updates()).toEqual(['match:undone', 'match:undone:feed']);
    const event = { type: 'match', match: 'undone', ...goal(10) };
    expect((await call('POST', '/undone/actions', { action: 'amend', n: 2, event })).status).toBe(200);
    const amended = await client.waitForState('match:undone', (state) => eventsIn(state) === 6);
    expect(amended).toMatchObject({ scores: { PSV: 12 } });
    const feed = await client.waitForState('match:undone:feed', (state) =>
      JSON.stringify((state as Rows)[1]).includes('"points":10'),
    );
    expect((feed as Rows).map(([n]) => n)).toEqual([1, 2, 3]);
    expect(updates()).toEqual([...Array(2).fill('match:undone'), ...Array(2).fill('match:undone:feed')]);
  });

  it('a token for one match can score and follow that one, and no other', async () => {
    for (const match of ['mine', 'theirs']) await startGame(match);
    const claims = { sub: 'scorer', publish: ['match:mine'], subscribe: ['match:mine', 'match:mine:*'] };
    const scorer = await connect(one, await signToken(TEST_SECRET, claims, 3600));
    const score = (match: string) => ({ type: 'match', match, ...goal() });
    const ack = await scorer.ask<AckFrame>({
      ...{ type: 'publish', events: [score('mine'), score('theirs'), { type: 'match', match: 'mine' }] },
    });
    expect(ack).toMatchObject({
      ...{ type: 'ack', applied: 1 },
      rejected: [
        { index: 1, code: 'forbidden' },
        { index: 2, code: 'malformed', message: 'needs "action"' },
      ],
    });
    expect((await call('GET', '/mine')).body).toMatchObject({ events: 2, scores: { PSV: 1 } });
    expect((await call('GET', '/theirs')).body).toMatchObject({ events: 1, scores: { PSV: 0 } });
    expect(await scorer.ask({ type: 'subscribe', channel: 'match:mine:feed' })).toMatchObject({
      type: 'subscribed',
    });
  });

  it('a match that nobody has created is not found, and one that is removed lets nobody in', async () => {
    const client = await connect();
    for (const channel of ['match:none', 'match:none:feed']) {
      expect(await client.ask({ type: 'subscribe', channel })).toMatchObject({ code: 'not_found' });
    }
    await startGame('gone');
    const viewer = await follow('match:gone');
    await call('DELETE', '/gone');
    await viewer.waitFor('staleness', (frame) => frame.type === 'status' && frame.stale);
    expect(await client.ask({ type: 'subscribe', channel: 'match:gone' })).toMatchObject({
      code: 'not_found',
    });
    expect(eventsIn(viewer.state('match:gone'))).toBe(1);
    await call('PUT', '/gone', { ...GENERIC, title: 'Again' });
    const again = await viewer.waitForState('match:gone', (state) => eventsIn(state) === 0);
    expect(again).toMatchObject({ title: 'Again', status: 'scheduled' });
  });

  it('what does not belong into a match changes nothing', async () => {
    await startGame('safe');
    const before = (await call('GET', '/safe')).body;
    const many = Array.from({ length: 10_000 }, () => ({ type: 'match', match: 'safe', ...goal() }));
    const wrong = many.map((event, index) =>
      index % 2 === 0 ? { ...event, team: 'Feyenoord' } : { ...event, points: 0.5 },
    );
    const { body } = await request(`${one.url}/v1/events`, { token, body: wrong });
    expect(body.applied).toBe(0);
    expect(new Set(body.rejected.map(({ code }: { code: string }) => code))).toEqual(
      new Set(['not_found', 'malformed']),
    );
    const beyond = await request(`${one.url}/v1/events`, { token, body: [...many, many[0]] });
    expect(beyond).toMatchObject({ status: 413, body: { code: 'too_large' } });
    expect((await call('POST', '/safe/actions', many)).status).toBe(413);
    expect((await call('GET', '/safe')).body).toEqual(before);
  });

  // What one process keeps in its memory ends with it.
  if (!isShared) return;
  it.skipIf(!hasTestData)(
    `an import goes on where the node that it talks to was stopped, and nothing is doubled${LEFT_OUT}`,
    async () => {
      const match = '1298150';
      const { fixture, events, documents } = foldOf(match);
      await call('PUT', `/${match}`, fixture);
      const client = await follow(`match:${match}`);
      const { command, ended } = importFile(one, token, match, '--live', '5000x');
      commands.push(command);
      await client.waitForState(`match:${match}`, (state) => eventsIn(state) > 60);
      const port = Number(new URL(one.url).port);
      await one.stop();
      one = await node(port);
      const { code, output } = await ended;
      expect(code, output).toBe(0);
      expect(output).toContain('tries again');
      const last = await client.waitForState(`match:${match}`, (state) => eventsIn(state) === events.length);
      expect(last).toEqual(documents.at(-1));
      const { body } = await call('GET', `/${match}/events`);
      const taken = body.records.map(({ event: { expected: _, ...event } }: { event: PlayEvent }) => event);
      expect(taken).toEqual(asSent(events));
    },
    90_000,
  );
});

it('the demonstration plays a match on request', async () => {
  const env = { ...OPEN_TO_READERS, TICK_MS: String(TICK_MS), DEMO_BALL_MS: '20' };
  const server = await startScorewire(env, ['--demo', 'match']);
  try {
    expect(server.process.log()).toContain('a match of cricket is played as "demo"');
    await waitUntil(async () => (await request(`${server.url}/v1/matches/demo`)).status === 200, 'a match');
    const client = await connectRaw(server.socketUrl);
    await client.ask({ type: 'subscribe', channel: 'match:demo' });
    await client.waitForState('match:demo', (state) => eventsIn(state) > 20);
    expect(client.violations).toEqual([]);
    client.close();
    expect((await request(`${server.url}/v1/boards`)).body).toEqual({ boards: [] });
  } finally {
    await server.stop();
  }
});
