import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { msgpackCodec } from '../../protocol/msgpack-codec.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';
import type { Ingest } from '../ingest/ingest-types.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

const score = (member: string, delta: number, board = 'b') => ({ type: 'score', board, member, delta });
const verdict = (applied: number) => ({ applied, duplicates: 0, rejected: [] });

function publish(body: unknown, headers: Record<string, string | readonly string[]> = {}) {
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

  it.each([
    ['empty', ''],
    ['not ASCII', 'schlüssel'],
    ['a control character', 'a\tb'],
    ['too long', 'k'.repeat(256)],
  ])('with a key that is %s: 400', async (_what, key) => {
    const reply = await publish(score('a', 1), { 'idempotency-key': key });
    const detail = 'the Idempotency-Key must be 1 to 255 printable ASCII characters';
    expect(reply).toMatchObject({ status: 400, body: { code: 'malformed', detail } });
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
    const refusal = { ok: false, code, message: 'no', retryAfterMs } as const;
    const refuse = async () => refusal;
    const submit: Ingest['submit'] = (_events, _identity, _caller, settled) => settled(refusal);
    service = await startHttpService({ deps: { ingest: { publish: refuse, submit, publishOnce: refuse } } });
    for (const headers of [{}, { 'idempotency-key': 'k' }]) {
      const reply = await publish(score('a', 1), headers);
      expect(reply).toMatchObject({ status, body: { code, status, retryAfterMs, detail: 'no' } });
      expect(reply.headers['retry-after']).toBe(seconds);
    }
  });
});

describe('with an Idempotency-Key', () => {
  const once = (
    body: unknown,
    headers: Record<string, string> = {},
    key: string | readonly string[] = 'order 66, "first"',
  ) => publish(body, { 'idempotency-key': key, ...headers });
  const duplicates = (count: number) => ({ applied: 0, duplicates: count, rejected: [] });

  it.each<[string, unknown, string, number]>([
    ['one event', score('a', 1), 'application/json', 1],
    ['an array', [score('a', 1), score('b', 2)], 'application/json', 2],
    ['nothing', [], 'application/json', 0],
    [
      'lines',
      `${JSON.stringify(score('a', 1))}\n${JSON.stringify(score('b', 2))}\n`,
      'application/x-ndjson',
      2,
    ],
    ['MessagePack', msgpackCodec.encode([score('a', 1)]), 'application/msgpack', 1],
  ])('%s is applied once, however often it is sent', async (_what, body, type, count) => {
    const headers = { 'content-type': type };
    expect(await once(body, headers)).toMatchObject({ status: 200, body: verdict(count) });
    const after = await rows();
    for (let again = 0; again < 3; again++) {
      expect(await once(body, headers)).toMatchObject({ status: 200, body: duplicates(count) });
    }
    expect(await rows()).toEqual(after);
  });

  it('the verdicts are repeated, with their reasons', async () => {
    const lines = [JSON.stringify(score('a', 1)), '{', JSON.stringify({ type: 'score' })].join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };
    const first = await once(lines, headers);
    expect(first.body).toMatchObject({ applied: 1, rejected: [{ index: 1 }, { index: 2 }] });
    expect(first.body.rejected[0].message).toContain('the line is refused');
    const { rejected } = first.body;
    expect((await once(lines, headers)).body).toEqual({ applied: 0, duplicates: 1, rejected });
  });

  it('another body is a conflict, and so are the same bytes in another format', async () => {
    const body = JSON.stringify(score('a', 1));
    await once(body);
    const others: [string, string][] = [
      [`${body} `, 'application/json'],
      [body, 'application/x-ndjson'],
      ['[]', 'application/json'],
    ];
    for (const [other, type] of others) {
      expect(await once(other, { 'content-type': type })).toMatchObject({
        status: 409,
        body: { code: 'conflict', status: 409 },
      });
    }
    expect(await rows()).toEqual([['a', 1]]);
    expect(await once(body, { 'content-type': 'application/json; charset=utf-8' })).toMatchObject({
      body: duplicates(1),
    });
  });

  it('a body that cannot be read takes no key', async () => {
    expect(await once('{')).toMatchObject({ status: 400 });
    expect(await once(score('a', 1))).toMatchObject({ body: verdict(1) });
  });

  it('subjects do not share their keys, tokens of one subject do', async () => {
    const body = score('a', 1);
    await once(body);
    const claims = [{ publish: ['board:b'] }, { publish: ['board:*'] }];
    const replies: unknown[] = [];
    for (const claim of claims) {
      const token = await service.tokenFor(claim);
      const headers = { 'idempotency-key': 'order 66, "first"' };
      replies.push((await service.call('POST', '/v1/events', { token, body, headers })).body);
    }
    expect(replies).toEqual([verdict(1), duplicates(1)]);
    expect(await rows()).toEqual([['a', 2]]);
  });

  it('a key may have 255 characters, from the first to the last that can be printed', async () => {
    const key = `!${'k'.repeat(253)}~`;
    expect(await once(score('a', 1), {}, key)).toMatchObject({ body: verdict(1) });
    expect(await once(score('a', 1), {}, key)).toMatchObject({ body: duplicates(1) });
  });

  it('two keys are refused, whether or not they are the same', async () => {
    const keys = [
      ['a', 'a'],
      ['a', 'b'],
      ['', 'b'],
    ];
    for (const key of keys) {
      const reply = await once(score('a', 1), {}, key);
      expect(reply).toMatchObject({ status: 400, body: { code: 'malformed' } });
    }
    expect(await rows()).toEqual([]);
  });

  it('what could not be settled is 503, and says that the same may be sent again', async () => {
    service.store.setState('down');
    const reply = await once([score('a', 1)]);
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(reply.body.detail).toContain('send the same again with the same key');
    expect(reply.headers['retry-after']).toBe('1');
    service.store.setState('up');
    expect(await once([score('a', 1)])).toMatchObject({ body: verdict(1) });
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

it('a token that permits publishing nothing is refused before the body is read', async () => {
  const token = await service.tokenFor({ subscribe: ['*'] });
  const route = service.routes.find(({ pattern }) => pattern === '/v1/events');
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  const reply = await route?.handler({
    id: 'a',
    method: 'POST',
    path: '/v1/events',
    params: [],
    query: new URLSearchParams(),
    remoteAddress: '127.0.0.1',
    header: (name) => headers[name] ?? '',
    headers: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    body: () => Promise.reject(new Error('the body was read')),
    takeBody: () => {
      throw new Error('the body was read');
    },
    pieces: () => {
      throw new Error('the body was read');
    },
  });
  expect(reply).toMatchObject({ status: 403, body: expect.stringContaining('"code":"forbidden"') });
});

it('a MessagePack body with what no double holds, or binary values, loses only the events that have them', async () => {
  const event = (member: string, set: string) =>
    `84a474797065a573636f7265a5626f617264a162a66d656d626572${member}a3736574${set}`;
  const hex = [
    '95',
    event('a161', 'cf0020000000000000'),
    event('a162', 'd3ffe0000000000000'),
    event('a163', 'cf0020000000000001'),
    event('c40164', '01'),
    event('a165', '02'),
  ].join('');
  const reply = await publish(Buffer.from(hex, 'hex'), { 'content-type': 'application/msgpack' });
  expect(reply).toMatchObject({
    status: 200,
    body: { applied: 3, rejected: [2, 3].map((index) => ({ index, code: 'malformed' })) },
  });
  expect(await rows()).toEqual([
    ['a', 2 ** 53],
    ['e', 2],
    ['b', -(2 ** 53)],
  ]);
});
