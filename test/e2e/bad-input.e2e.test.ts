import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorFrame } from '../../protocol/frames.ts';
import { connectRaw } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../support/test-data.ts';

interface HostileCase {
  readonly name: string;
  readonly hex?: string;
  readonly repeat?: { readonly unit: string; readonly count: number; readonly tail: string };
}

describe('bad input', () => {
  let server: RunningScorewire;
  let token: string;

  beforeAll(async () => {
    server = await startScorewire({ ...OPEN_TO_READERS, MAX_FRAME_BYTES: '65536', MAX_BODY_BYTES: '65536' });
    token = await adminToken();
  });
  afterAll(async () => {
    await stillServes();
    await server.stop();
  });

  /** Whatever was sent before, the server is there and has lost nothing. */
  async function stillServes(): Promise<void> {
    const body = { type: 'score', board: 'alive', member: 'm', delta: 1 };
    expect((await request(`${server.url}/v1/events`, { token, body })).body.applied).toBe(1);
  }

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    request(`${server.url}/v1/events`, { token, body, headers });

  it.each([
    ['an unknown frame', { type: 'dance', id: 1 }],
    ['a frame without a type', { id: 2 }],
    ['a wrong type of field', { type: 'subscribe', id: 3, channel: 7 }],
    ['a huge number as id', { type: 'ping', id: 2 ** 60 }],
    ['a fraction as id', { type: 'ping', id: 1.5 }],
    ['an unknown field', { type: 'ping', id: 4, extra: true }],
    ['an array', [1, 2, 3]],
    ['a null', null],
    ['a string', 'hello'],
  ])('%s is answered with a coded error, and the connection goes on', async (_what, frame) => {
    const client = await connectRaw(server.socketUrl);
    client.socket.send(JSON.stringify(frame));
    const error = await client.waitFor<ErrorFrame>('an error', ({ type }) => type === 'error');
    expect(error.code).toBe('malformed');
    expect(error.message.length).toBeLessThan(300);
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
    client.close();
  });

  it.each([
    ['text that is not JSON', 'json', Buffer.from('{"type":')],
    ['nesting that is too deep', 'json', Buffer.from('['.repeat(10_000))],
    ['truncated MessagePack', 'msgpack', Buffer.from('82a474797065a470696e67', 'hex')],
  ] as const)('%s is answered with a coded error and close 4500', async (_what, encoding, bytes) => {
    const client = await connectRaw(server.socketUrl, { encoding });
    client.socket.send(bytes, { binary: encoding === 'msgpack' });
    expect((await client.closed).code).toBe(4500);
    expect(client.frames.at(-1)).toMatchObject({ type: 'error', code: 'malformed' });
  });

  it.each([
    ['a text frame on a MessagePack connection', 'msgpack', '{"type":"ping","id":1}', false],
    [
      'a binary frame on a JSON connection',
      'json',
      Buffer.from('82a474797065a470696e67a2696401', 'hex'),
      true,
    ],
  ] as const)('%s is answered with a coded error', async (_what, encoding, data, binary) => {
    const client = await connectRaw(server.socketUrl, { encoding });
    client.socket.send(data, { binary });
    expect(await client.waitFor<ErrorFrame>('an error', ({ type }) => type === 'error')).toMatchObject({
      code: 'malformed',
    });
    client.close();
  });

  it('a frame that is too large closes with 4503', async () => {
    const client = await connectRaw(server.socketUrl);
    client.socket.send(JSON.stringify({ type: 'ping', id: 1, pad: 'x'.repeat(70_000) }));
    expect((await client.closed).code).toBe(4503);
  });

  it('events are judged one by one, and the good ones apply', async () => {
    const good = { type: 'score', board: 'mixed', member: 'ok', delta: 1 };
    const bad: readonly unknown[] = [
      { type: 'score', board: 'no spaces', member: 'm', delta: 1 },
      { type: 'score', board: 'b', member: 'x'.repeat(129), delta: 1 },
      { type: 'score', board: 'b', member: 'new\nline', delta: 1 },
      { type: 'score', board: 'b', member: '', delta: 1 },
      { type: 'score', board: 'b', member: 'm' },
      { type: 'score', board: 'b', member: 'm', delta: 1, set: 2 },
      { type: 'score', board: 'b', member: 'm', delta: '1' },
      { type: 'teleport', who: 'm' },
      null,
      [],
      'score',
    ];
    const { status, body } = await post([good, ...bad, good]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ applied: 2, duplicates: 0 });
    expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual(bad.map((_, i) => i + 1));
    for (const { code, message } of body.rejected) {
      expect(code).toBe('malformed');
      expect(message.length).toBeLessThan(300);
    }
    const text = await post(`[{"type":"score","board":"huge","member":"m","set":1e999}]`);
    expect(text.body).toMatchObject({ applied: 0, rejected: [{ index: 0, code: 'malformed' }] });
  });

  it('__proto__ and its kin are ordinary members', async () => {
    const members = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];
    const viewer = await connectRaw(server.socketUrl, { encoding: 'msgpack' });
    await viewer.ask({ type: 'subscribe', channel: 'rank:kin:__proto__' });
    await post(members.map((member, i) => ({ type: 'score', board: 'kin', member, set: 10 - i })));
    const { body } = await request(`${server.url}/v1/boards/kin`);
    expect(body.rows.map(({ member }: { member: string }) => member)).toEqual(members);
    await viewer.waitForState('rank:kin:__proto__', (state) => 'rank' in state && state.rank === 1);
    await post('{"type":"score","board":"kin","member":"m","delta":1,"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(viewer.violations).toEqual([]);
    viewer.close();
  });

  it.each([
    ['that is no JSON', '{"type":', {}, 400, 'malformed'],
    [
      'of another content type',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'malformed',
    ],
    ['over the limit', `[${'1,'.repeat(40_000)}1]`, {}, 413, 'too_large'],
  ] as const)('a body %s is a problem with a code', async (_what, body, headers, status, code) => {
    const answer = await post(body, headers);
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('an array of a million numbers is refused', async () => {
    const roomy = await startScorewire(OPEN_TO_READERS);
    const body = `[${'1,'.repeat(999_999)}1]`;
    expect(await request(`${roomy.url}/v1/events`, { token, body })).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
    await roomy.stop();
  });

  it('an upload that is aborted leaves nothing behind', async () => {
    const { port } = new URL(server.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n[{"type":"score","board":"aborted","member":"m","delta":1}`,
          () => socket.resetAndDestroy(),
        );
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });
    await stillServes();
    expect((await request(`${server.url}/v1/boards/aborted`)).body).toMatchObject({ total: 0 });
  });

  const hostile = hasTestData ? readTestData<{ cases: HostileCase[] }>('msgpack/hostile.json').cases : [];
  it.runIf(hasTestData).each(hostile.map((one) => [one.name, one] as const))(
    `hostile MessagePack: %s${LEFT_OUT}`,
    async (_name, one) => {
      const { unit, count, tail } = one.repeat ?? { unit: one.hex ?? '', count: 1, tail: '' };
      const client = await connectRaw(server.socketUrl, { encoding: 'msgpack' });
      client.socket.send(Buffer.from(unit.repeat(count) + tail, 'hex'), { binary: true });
      const refused = client
        .waitFor<ErrorFrame>('an error', ({ type }) => type === 'error')
        .then(({ code }) => code);
      // Far over the limit of a frame the connection just ends (1006).
      expect(['malformed', 4500, 4503, 1006]).toContain(
        await Promise.race([refused, client.closed.then(({ code }) => code)]),
      );
      client.close();
      await stillServes();
    },
  );
});
