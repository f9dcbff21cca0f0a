import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AckFrame, ErrorFrame, SubscribedFrame, WelcomeFrame } from '../../protocol/frames.ts';
import type { Rows } from '../../protocol/views.ts';
import { ENGINES, type Engines } from '../support/engines.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

describe.each(ENGINES)('a live leaderboard on $name', ({ start }) => {
  let engines: Engines;
  let server: RunningScorewire;
  let token: string;
  const clients: RawClient[] = [];
  let boards = 0;

  const open = async (options: Parameters<typeof connectRaw>[1] = {}): Promise<RawClient> => {
    const client = await connectRaw(server.socketUrl, options);
    clients.push(client);
    return client;
  };
  const newBoard = (): string => `board-${++boards}`;
  const publish = (...events: object[]) => request(`${server.url}/v1/events`, { token, body: events });
  const score = (board: string, member: string, change: object) => ({
    type: 'score',
    board,
    member,
    ...change,
  });

  beforeAll(async () => {
    engines = await start();
    server = await startScorewire({ ...engines.env, ...OPEN_TO_READERS });
    token = await adminToken();
  });
  afterAll(async () => {
    for (const client of clients) {
      expect(client.violations).toEqual([]);
      client.close();
    }
    await server.stop();
    await engines.stop();
  });

  it('greets every connection first, with its limits', async () => {
    const client = await open();
    const welcome = await client.waitFor<WelcomeFrame>('welcome', () => true);
    expect(welcome).toMatchObject({ type: 'welcome', protocol: 1 });
    expect(welcome.limits.eventsPerPublish).toBeGreaterThan(0);
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });

  it.each(['json', 'msgpack'] as const)(
    'pushes what was published over HTTP to a %s subscriber',
    async (encoding) => {
      const board = newBoard();
      const viewer = await open({ encoding });
      const subscribed = await viewer.ask<SubscribedFrame>({ type: 'subscribe', channel: `board:${board}` });
      expect(subscribed).toMatchObject({ kind: 'rows', state: [] });
      expect(
        (await publish(score(board, 'alice', { delta: 5 }), score(board, 'bob', { delta: 9 }))).body,
      ).toEqual({
        applied: 2,
        duplicates: 0,
        rejected: [],
      });
      await viewer.waitForState(`board:${board}`, (rows) => (rows as Rows).length === 2);
      expect(viewer.state(`board:${board}`)).toEqual([
        ['bob', 9],
        ['alice', 5],
      ]);
      await publish(score(board, 'alice', { delta: 10 }));
      await viewer.waitForState(`board:${board}`, (rows) => (rows as Rows)[0]?.[0] === 'alice');
      expect(viewer.frames.filter(({ type }) => type === 'snapshot')).toEqual([]);
    },
  );

  it('acknowledges a publish over the socket, and a read after the ack sees the write', async () => {
    const board = newBoard();
    const publisher = await open({ token, encoding: 'msgpack' });
    const ack = await publisher.ask<AckFrame>({
      type: 'publish',
      events: [
        score(board, 'a', { set: 1 }),
        { type: 'score', board, member: 'a' },
        score(board, 'b', { best: 7 }),
      ],
    });
    expect(ack).toMatchObject({ type: 'ack', applied: 2, duplicates: 0 });
    expect(ack.rejected).toEqual([expect.objectContaining({ index: 1, code: 'malformed' })]);
    const { body } = await request(`${server.url}/v1/boards/${board}`);
    expect(body).toEqual({
      board,
      total: 2,
      rows: [
        { rank: 1, member: 'b', score: 7 },
        { rank: 2, member: 'a', score: 1 },
      ],
    });
  });

  it('ranks best first in either order, and puts who came first above where ties say so', async () => {
    const board = newBoard();
    const put = await request(`${server.url}/v1/boards/${board}`, {
      method: 'PUT',
      token,
      body: { order: 'asc', ties: 'first', top: 2 },
    });
    expect(put.body).toMatchObject({ id: board, order: 'asc', ties: 'first', top: 2 });
    await publish(
      score(board, 'zoe', { best: 10 }),
      score(board, 'amy', { best: 10 }),
      score(board, 'bob', { best: 12 }),
      score(board, 'bob', { best: 15 }),
    );
    const { body } = await request(`${server.url}/v1/boards/${board}`);
    expect(body.rows).toEqual([
      { rank: 1, member: 'zoe', score: 10 },
      { rank: 1, member: 'amy', score: 10 },
      { rank: 3, member: 'bob', score: 12 },
    ]);
    const viewer = await open();
    expect(await viewer.ask({ type: 'subscribe', channel: `board:${board}` })).toMatchObject({
      state: [
        ['zoe', 10],
        ['amy', 10],
      ],
    });
  });

  it('pushes the rank of one member as others pass', async () => {
    const board = newBoard();
    const member = 'me: and : colons';
    const channel = `rank:${board}:${member}`;
    const viewer = await open();
    expect(await viewer.ask({ type: 'subscribe', channel })).toMatchObject({
      kind: 'document',
      state: { member, total: 0 },
    });
    await publish(score(board, member, { set: 10 }));
    await viewer.waitForState(channel, (state) => 'rank' in state && state.rank === 1);
    await publish(score(board, 'other', { set: 11 }), score(board, 'third', { set: 11 }));
    await viewer.waitForState(channel, (state) => 'rank' in state && state.rank === 3);
    expect(viewer.state(channel)).toEqual({ member, total: 3, rank: 3, score: 10 });
    await request(`${server.url}/v1/boards/${board}/members/${encodeURIComponent(member)}`, {
      method: 'DELETE',
      token,
    });
    await viewer.waitForState(channel, (state) => !('rank' in state));
    expect(viewer.state(channel)).toEqual({ member, total: 2 });
  });

  it('shows a display name on every board, old and new', async () => {
    const [first, second] = [newBoard(), newBoard()];
    const member = `named-${first}`;
    const viewer = await open();
    await viewer.ask({ type: 'subscribe', channel: `board:${first}` });
    await publish(score(first, member, { set: 3 }));
    await viewer.waitForState(`board:${first}`, (rows) => (rows as Rows).length === 1);
    await publish({ type: 'profile', member, name: 'Ada Lovelace' });
    await viewer.waitForState(`board:${first}`, (rows) => (rows as Rows)[0]?.[2] === 'Ada Lovelace');
    await publish(score(second, member, { set: 4 }));
    expect((await request(`${server.url}/v1/boards/${second}`)).body.rows).toEqual([
      { rank: 1, member, score: 4, name: 'Ada Lovelace' },
    ]);
  });

  it('empties the channel of a deleted board', async () => {
    const board = newBoard();
    const viewer = await open();
    await publish(score(board, 'a', { set: 1 }));
    await viewer.ask({ type: 'subscribe', channel: `board:${board}` });
    expect(viewer.state(`board:${board}`)).toEqual([['a', 1]]);
    await request(`${server.url}/v1/boards/${board}`, { method: 'DELETE', token });
    await viewer.waitForState(`board:${board}`, (rows) => (rows as Rows).length === 0);
  });

  it('sends nothing where the state has not changed, and nothing after unsubscribe', async () => {
    const [quiet, busy] = [newBoard(), newBoard()];
    await publish(score(quiet, 'a', { set: 5 }), score(busy, 'a', { set: 1 }));
    const viewer = await open();
    await viewer.ask({ type: 'subscribe', channel: `board:${quiet}` });
    await viewer.ask({ type: 'subscribe', channel: `board:${busy}` });
    await publish(
      score(quiet, 'a', { set: 5 }),
      score(quiet, 'a', { best: 4 }),
      score(busy, 'a', { set: 2 }),
    );
    await viewer.waitForState(`board:${busy}`, (rows) => (rows as Rows)[0]?.[1] === 2);
    expect(
      viewer.frames.filter((frame) => frame.type === 'update' && frame.channel === `board:${quiet}`),
    ).toEqual([]);

    expect(await viewer.ask({ type: 'unsubscribe', channel: `board:${quiet}` })).toMatchObject({
      type: 'ok',
    });
    const seen = viewer.frames.length;
    await publish(score(quiet, 'a', { set: 6 }), score(busy, 'a', { set: 3 }));
    await viewer.waitForState(`board:${busy}`, (rows) => (rows as Rows)[0]?.[1] === 3);
    expect(viewer.frames.slice(seen).filter((f) => 'channel' in f && f.channel === `board:${quiet}`)).toEqual(
      [],
    );
  });

  it('gives a returning client only what it missed', async () => {
    const board = newBoard();
    const channel = `board:${board}`;
    await publish(score(board, 'a', { set: 1 }));
    const [stays, leaves] = [await open(), await open()];
    await stays.ask({ type: 'subscribe', channel });
    const { epoch, seq } = await leaves.ask<SubscribedFrame>({ type: 'subscribe', channel });
    await leaves.ask({ type: 'unsubscribe', channel });
    await publish(score(board, 'a', { set: 2 }));
    await stays.waitForState(channel, (rows) => (rows as Rows)[0]?.[1] === 2);
    const back = await leaves.ask({ type: 'subscribe', channel, since: { epoch, seq } });
    expect(back).toMatchObject({ type: 'subscribed', recovered: true });
    expect(leaves.state(channel)).toEqual([['a', 2]]);
    const stranger = await open();
    expect(
      await stranger.ask({ type: 'subscribe', channel, since: { epoch: 'unknown', seq: 1 } }),
    ).toMatchObject({
      state: [['a', 2]],
    });
  });

  it('answers malformed names, unknown matches and missing permissions with their codes', async () => {
    const viewer = await open();
    const code = async (frame: object) => (await viewer.ask<ErrorFrame>(frame)).code;
    expect(await code({ type: 'subscribe', channel: 'board:no spaces' })).toBe('unknown_channel');
    expect(await code({ type: 'subscribe', channel: 'match:nowhere' })).toBe('not_found');
    expect(await code({ type: 'publish', events: [score('b', 'a', { set: 1 })] })).toBe('unauthorized');
    expect((await request(`${server.url}/v1/events`, { body: score('b', 'a', { set: 1 }) })).status).toBe(
      401,
    );
  });
});
