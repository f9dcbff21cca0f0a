import { execFile } from 'node:child_process';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../../server/auth/tokens.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import { freePort } from '../support/processes.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
  TEST_SECRET,
} from '../support/scorewire.ts';

let redis: RedisServer;
let admin: Redis;
let server: RunningScorewire;
let token: string;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
  server = await startScorewire({ ...OPEN_TO_READERS, REDIS_URL: redis.url, PARTITIONS: '4', ROLE: 'all' });
  token = await adminToken();
});
afterAll(async () => {
  await server?.stop();
  admin?.disconnect();
  await redis?.stop();
});

const rankingOf = (board: string) => `scorewire:{p${partitionOfBoard(board, 4)}}:ranking:${board}`;

async function publish(board: string, scores: Record<string, number>): Promise<void> {
  const body = Object.entries(scores).map(([member, delta]) => ({ type: 'score', board, member, delta }));
  const answer = await request(`${server.url}/v1/events`, { token, body });
  expect(answer.body).toMatchObject({ applied: body.length, rejected: [] });
}

/** The built command, as `npm run recompute` (or `rebuild`) runs it. */
function run(
  args: readonly string[],
  env: Record<string, string> = {},
  command = 'recompute',
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env } };
    execFile(process.execPath, [`dist/cli/${command}.js`, ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('recomputing', () => {
  it('over HTTP repairs what somebody wrote into Redis, and says what', async () => {
    await publish('arena', { ann: 125, bob: 7, cid: 3 });
    await admin.zadd(rankingOf('arena'), -9999, 'ann');
    const recompute = () => request(`${server.url}/v1/recompute`, { token, body: { target: 'board:arena' } });
    expect(await recompute()).toMatchObject({
      status: 200,
      body: {
        ...{ checked: 3, corrected: 1, unsettled: 0, checkpoint: 'saved' },
        differences: [{ member: 'ann', found: { score: 9999 }, right: { score: 125 } }],
      },
    });
    const board = await request(`${server.url}/v1/boards/arena`);
    expect(board.body.rows).toMatchObject([
      { member: 'ann', score: 125 },
      { member: 'bob', score: 7 },
      { member: 'cid', score: 3 },
    ]);
    expect(await recompute()).toMatchObject({ body: { corrected: 0, differences: [] } });
  });

  it('is not for others than admins', async () => {
    const body = { target: 'board:arena' };
    expect(await request(`${server.url}/v1/recompute`, { body })).toMatchObject({ status: 401 });
    const publisher = await signToken(TEST_SECRET, { sub: 'x', publish: ['*'], subscribe: ['*'] }, 600);
    const answer = await request(`${server.url}/v1/recompute`, { token: publisher, body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('from the command line prints the differences as a table and exits with 0', async () => {
    await publish('hall', { ann: 1.5, 'bob the long': 7 });
    await admin.zadd(rankingOf('hall'), -20, 'ann', -5, 'stranger');
    const { code, out, err } = await run(['board:hall', '--url', server.url, '--token', token]);
    expect(err).toBe('');
    expect(out).toContain('board:hall: 3 members checked, 2 corrected\n');
    expect(out).toMatch(/replayed the log from position 0 to \d+\n/);
    expect(out).toContain('member    found  right\nann       20     1.5\nstranger  5      not there\n');
    expect(code).toBe(0);
    const again = await run(['board:hall', '--url', server.url], { SCOREWIRE_TOKEN: token });
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('2 members checked, 0 corrected\n');
    expect(again.out).not.toContain('member ');
  });

  it('of everything repairs whichever board differs', async () => {
    await publish('repaired', { ann: 1 });
    await publish('untouched', { bob: 2 });
    await admin.zadd(rankingOf('repaired'), -9, 'ann');
    const { code, out, err } = await run(['--url', server.url], { SCOREWIRE_TOKEN: token }, 'rebuild');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('board:repaired: 1 checked, 1 corrected\n');
    expect(out).toContain('board:untouched: 1 checked, 0 corrected\n');
    expect((await request(`${server.url}/v1/boards/repaired`)).body.rows).toMatchObject([{ score: 1 }]);
    const nobody = await run(['--url', server.url, '--token', 'nonsense'], {}, 'rebuild');
    expect(nobody).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('refused (unauthorized)'),
    });
  });

  it.each([
    { args: ['match:x'], says: 'refused (malformed): "target" must be board:<id>' },
    { args: ['board:nowhere'], says: 'refused (not_found): there is no board nowhere' },
    { args: ['board:arena', '--token', ''], says: 'refused (unauthorized)' },
    { args: ['board:arena', '--token', 'nonsense'], says: 'refused (unauthorized)' },
    { args: [], says: 'needs one target' },
    { args: ['board:a', 'board:b'], says: 'needs one target' },
    { args: ['board:a', '--nonsense'], says: "Unknown option '--nonsense'" },
  ])('from the command line with $args says why not and exits with 1', async ({ args, says }) => {
    const { code, out, err } = await run(['--url', server.url, ...args], { SCOREWIRE_TOKEN: token });
    expect(err).toContain(`recompute: ${says}`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('from the command line tells where no server is', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, err } = await run(['board:a', '--url', url]);
    expect(err).toContain('ECONNREFUSED');
    expect(code).toBe(1);
  });

  it('refuses a board whose log is gone', async () => {
    await publish('lost', { ann: 1 });
    await admin.del(`scorewire:{p${partitionOfBoard('lost', 4)}}:log`);
    const { code, err } = await run(['board:lost', '--url', server.url, '--token', token]);
    expect(err).toContain('recompute: refused (conflict): ');
    expect(code).toBe(1);
  });
});
