import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { msgpackCodec } from '../../protocol/msgpack-codec.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

const score = (member: string, delta: number, board = 'b') => ({ type: 'score', board, member, delta });
const verdict = (applied: number) => ({ applied, duplicates: 0, rejected: [] });

function publish(body: unknown, headers: Record<string, string> = {}) {
  return service.call('POST', '/v1/events', { token: service.admin, body, headers });
}

async function rows(board = 'b'): Promise<[string, number][]> {
  const { body } = await service.call('GET', `/v1/boards/${board}`, { token: service.admin });
  return body.rows.map((row: { member: string; score: number }) => [row.member, row.score]);
}

describe('a body of events is applied when the answer comes', () => {
  it('as one event', async () => {
    expect(await publish(score('a', 5))).toMatchObject({ status: 200, body: verdict(1) });
    expect(await rows()).toEqual([['a', 5]]);
  });

  it('as an array, also an empty one', async () => {
    expect(await publish([score('a', 1), score('b', 2), score('a', 3)])).toMatchObject({ body: verdict(3) });
    expect(await rows()).toEqual([
      ['a', 4],
      ['b', 2],
    ]);
    expect(await publish([])).toMatchObject({ status: 200, body: verdict(0) });
  });

  it('as NDJSON, with a line that is none rejected at its place and empty lines no lines', async () => {
    const lines = [score('a', 1), '{"type":"score"', '', score('b', 2), '  ', 'null', score('c', 3)];
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\r\n');
    for (const type of ['application/x-ndjson', 'application/ndjson; charset=utf-8']) {
      const { status, body } = await publish(text, { 'content-type': type });
      expect(status).toBe(200);
      expect(body).toMatchObject({ applied: 3, duplicates: 0 });
      expect(body.rejected).toEqual([
        { index: 1, code: 'malformed', message: 'the line is refused: not valid JSON' },
        { index: 3, code: 'malformed', message: expect.stringContaining('an event') },
      ]);
    }
    expect(await publish('', { 'content-type': 'application/x-ndjson' })).toMatchObject({ body: verdict(0) });
  });

  it.each(['application/msgpack', 'application/x-msgpack', 'application/vnd.msgpack'])(
    'as %s',
    async (type) => {
      const body = msgpackCodec.encode([score('ä', 1), score('__proto__', -0)]);
      expect(await publish(body, { 'content-type': type })).toMatchObject({ status: 200, body: verdict(2) });
      expect(await rows()).toEqual([
        ['ä', 1],
        ['__proto__', 0],
      ]);
    },
  );

  it('and answered in MessagePack to who asks for it', async () => {
    const accept = 'application/msgpack';
    const reply = await publish([score('a', 1), null], { accept });
    expect(reply.headers['content-type']).toBe(accept);
    expect(reply.body).toMatchObject({ applied: 1, rejected: [{ index: 1, code: 'malformed' }] });
  });

  it('and every event is counted once, whatever the body holds', async () => {
    const anEvent = fc.oneof(
      fc.constantFrom('a', 'b').map((member) => score(member, 1)),
      fc.constantFrom(1e308, -1e308).map((set) => ({ type: 'score', board: 'b', member: 'big', set })),
      fc.constant(score('big', 1e308)),
      fc.constant({ type: 'profile', member: 'a', name: 'A' }),
      fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anEvent, { maxLength: 20 }), async (events) => {
        const { status, body } = await publish(events);
        expect(status).toBe(200);
        expect(body.applied + body.duplicates + body.rejected.length).toBe(events.length);
        for (const { index } of body.rejected) expect(index).toBeLessThan(events.length);
      }),
    );
  });
});

describe('a request is refused whole', () => {
  it('without a token, and with a refused one', async () => {
    const body = score('a', 1);
    const none = await service.call('POST', '/v1/events', { body });
    expect(none).toMatchObject({ status: 401, body: { code: 'unauthorized', status: 401 } });
    expect(none.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer',
    });
    const forged = await service.call('POST', '/v1/events', { body, token: 'a.b.c' });
    expect(forged).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(JSON.stringify(forged)).not.toContain('a.b.c');
    const basic = { authorization: 'Basic dTpw' };
    expect(await service.call('POST', '/v1/events', { body, headers: basic })).toMatchObject({ status: 401 });
    const inQuery = `/v1/events?token=${service.admin}`;
    expect(await service.call('POST', inQuery, { body })).toMatchObject({ status: 401 });
    expect(await rows()).toEqual([]);
  });

  it.each([
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx',
  ])('with the content type %j: 415', async (type) => {
    const reply = await publish('{"type":"score","board":"b","member":"a","delta":1}', {
      'content-type': type,
    });
    expect(reply).toMatchObject({ status: 415, body: { code: 'malformed', status: 415 } });
    expect(await rows()).toEqual([]);
  });

  it.each([
    ['broken JSON', '{"type":', 'application/json'],
    ['an empty body', '', 'application/json'],
    ['a number', '1', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a string', '"score"', 'application/json'],
    ['bytes that are not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 'application/json'],
    ['lines that are not UTF-8', Buffer.from([0xff, 0x0a]), 'application/x-ndjson'],
    ['JSON that is too deep', `${'['.repeat(100)}${']'.repeat(100)}`, 'application/json'],
    ['broken MessagePack', Buffer.from([0x93, 0x01]), 'application/msgpack'],
    ['a MessagePack number', Buffer.from([0x01]), 'application/msgpack'],
    ['an extension type', Buffer.from([0x91, 0xd4, 0x01, 0x00]), 'application/msgpack'],
  ])('with %s: 400', async (_what, body, type) => {
    expect(await publish(body, { 'content-type': type })).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
  });

  it('with a key that would promise more than is kept', async () => {
    const reply = await publish(score('a', 1), { 'idempotency-key': 'k' });
    expect(reply).toMatchObject({ status: 400, body: { code: 'malformed' } });
    expect(await rows()).toEqual([]);
  });

  it.each([
    ['an array', [1, 2, 3], 'application/json'],
    ['lines', '1\n2\n3', 'application/x-ndjson'],
  ])('with too many events as %s: 413', async (_what, body, type) => {
    service = await startHttpService({ limits: { eventsPerPublish: 2 } });
    expect(await publish(body, { 'content-type': type })).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
  });

  it('with more bytes than allowed, which the transport answers', async () => {
    service = await startHttpService({ limits: { bodyBytes: 10 } });
    await expect(publish(score('a', 1))).rejects.toThrow('10 bytes');
  });

  it.each([
    ['rate_limited', 429, 1234, '2'],
    ['unavailable', 503, 700, '1'],
  ] as const)('where ingest says %s, with the time to wait', async (code, status, retryAfterMs, seconds) => {
    const ingest = { publish: async () => ({ ok: false, code, message: 'no', retryAfterMs }) as const };
    service = await startHttpService({ deps: { ingest } });
    const reply = await publish(score('a', 1));
    expect(reply).toMatchObject({ status, body: { code, status, retryAfterMs, detail: 'no' } });
    expect(reply.headers['retry-after']).toBe(seconds);
  });
});

it('what a token does not permit is rejected event by event', async () => {
  const token = await service.tokenFor({ publish: ['board:mine'] });
  const body = [score('a', 1, 'mine'), score('a', 1, 'yours')];
  expect(await service.call('POST', '/v1/events', { token, body })).toMatchObject({
    status: 200,
    body: { applied: 1, duplicates: 0, rejected: [{ index: 1, code: 'forbidden' }] },
  });
  expect(await rows('yours')).toEqual([]);
});
