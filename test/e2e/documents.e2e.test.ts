/** Every example of the documents is tried on a running server, and every answer must be what they say. */
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Encoding } from '../../protocol/encodings.ts';
import type { AckFrame, ServerFrame, WelcomeFrame } from '../../protocol/frames.ts';
import { isText } from '../../protocol/names.ts';
import { isTimeZone } from '../../protocol/windows.ts';
import { DocumentSchemas } from '../support/document-schemas.ts';
import { listenTo } from '../support/event-stream-client.ts';
import { connectRaw } from '../support/raw-client.ts';
import {
  type Answer,
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

const FORMATS = { 'scorewire-text': isText, 'scorewire-time-zone': isTimeZone };

let server: RunningScorewire;
let token: string;

beforeAll(async () => {
  // The route that makes demonstration data is there only with it.
  server = await startScorewire(OPEN_TO_READERS, ['--demo']);
  token = await adminToken();
  await vi.waitFor(async () => expect((await request(`${server.url}/readyz`)).status).toBe(200), 10_000);
});
afterAll(() => server.stop());

describe('/openapi.json', () => {
  interface Media {
    readonly schema: object;
    readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  }
  interface Operation {
    readonly parameters?: readonly {
      readonly name: string;
      readonly in: string;
      readonly example?: unknown;
    }[];
    readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
    readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
  }
  interface Document {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: object;
  }

  /** What is made comes before what is read, and what is read before what is removed: a member before its board. */
  const ORDER = ['put', 'post', 'get', 'delete'];
  /** Afterwards the server serves nobody any more: it is tried when all else is done. */
  const DRAIN = '/v1/admin/nodes/{node}/drain';
  /** What a running server has chosen by itself no example can name. */
  const chosen: Record<string, string> = {};

  function inOrder({ paths }: Document) {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const depth = ({ path, method }: { path: string; method: string }): number =>
      method === 'delete' ? -path.split('/').length : 0;
    return operations.sort(
      (a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method) || depth(a) - depth(b),
    );
  }

  function addressOf(path: string, { parameters = [] }: Operation): string {
    let address = path;
    const query = new URLSearchParams();
    for (const { name, in: place, example } of parameters) {
      if (place === 'path')
        address = address.replace(`{${name}}`, encodeURIComponent(chosen[name] ?? String(example)));
      else if (place === 'query' && example !== undefined) query.set(name, String(example));
    }
    return `${address}${query.size === 0 ? '' : '?'}${query}`;
  }

  async function untilLoaded(ask: () => Promise<Answer>): Promise<Answer> {
    const reply = await ask();
    expect(reply.status).not.toBe(503);
    return reply;
  }

  /** An answer that does not end is left after its first frame. */
  async function listen(address: string): Promise<string> {
    const stream = await listenTo(server.url + address, { headers: { authorization: `Bearer ${token}` } });
    expect(stream.status, address).toBe(200);
    await stream.waitFor('a state', ({ type }) => type === 'subscribed');
    expect(stream.states.violations).toEqual([]);
    stream.close();
    return address;
  }

  it('has examples that the server accepts, and its answers are as described', async () => {
    const document = (await request(`${server.url}/openapi.json`)).body as Document;
    const ajv = new Ajv2020({ strict: false, formats: FORMATS }) as Ajv;
    const schemas = new DocumentSchemas(ajv, document.components);
    const tried: string[] = [];
    const viewer = await connectRaw(server.socketUrl, { token });
    const { session, node } = await viewer.waitFor<WelcomeFrame>(
      'the welcome',
      ({ type }) => type === 'welcome',
    );
    Object.assign(chosen, { node, connection: session });
    for (const { path, method, operation } of inOrder(document)) {
      if (path === DRAIN) continue;
      const { requestBody, responses } = operation;
      if (responses['200']?.content['text/event-stream'] !== undefined) {
        tried.push(await listen(addressOf(path, operation)));
        continue;
      }
      const json = requestBody?.content['application/json'];
      const bodies = Object.values(json?.examples ?? {}).map(({ value }) => value);
      for (const body of json === undefined ? [undefined] : bodies) {
        const what = `${method} ${addressOf(path, operation)} ${JSON.stringify(body)}`;
        const ask = () =>
          request(`${server.url}${addressOf(path, operation)}`, {
            method: method.toUpperCase(),
            token,
            ...(body === undefined ? {} : { body }),
          });
        let reply = await ask();
        // The first time that somebody asks for a contest it is loaded.
        if (reply.status === 503) reply = await vi.waitFor(() => untilLoaded(ask), 10_000);
        expect(reply.status, `${what}: ${JSON.stringify(reply.body)}`).toBe(200);
        expect(reply.body.rejected ?? [], what).toEqual([]);
        const schema = responses['200']?.content['application/json']?.schema ?? {};
        expect(schemas.mismatch(schema, reply.body), what).toBeUndefined();
        tried.push(what);
      }
    }
    expect(tried.length).toBeGreaterThan(15);
    expect(tried).toContain('/v1/sse?channel=board%3Aarena');
    expect(await viewer.closed).toMatchObject({ code: 1001 });
  });

  it('is shown by a page of this server', async () => {
    const page = await request(`${server.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.body).not.toMatch(/(src|href)="https?:/);
  });
});

describe('/asyncapi.json', () => {
  interface Channel {
    readonly address: string;
    readonly parameters?: Readonly<Record<string, { readonly examples: readonly string[] }>>;
    readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
  }
  interface Message {
    readonly payload: object;
    readonly examples: readonly { readonly name: string; readonly payload: { type: string; id: number } }[];
  }
  interface Document {
    readonly channels: Readonly<Record<string, Channel>>;
    readonly operations: { readonly receive: { readonly messages: readonly { readonly $ref: string }[] } };
    readonly components: { readonly messages: Readonly<Record<string, Message>> };
  }
  let document: Document;
  let schemas: DocumentSchemas;
  beforeAll(async () => {
    document = (await request(`${server.url}/asyncapi.json`)).body;
    schemas = new DocumentSchemas(new Ajv({ strict: false, formats: FORMATS }), document.components);
    const fixture = { sport: 'cricket', teams: ['Asia', 'Europe'] };
    await request(`${server.url}/v1/matches/final`, { method: 'PUT', token, body: fixture });
    for (const action of [{ action: 'start' }, { action: 'innings', team: 'Asia' }]) {
      await request(`${server.url}/v1/matches/final/actions`, { token, body: action });
    }
    const cup = `${server.url}/v1/tournaments/cup`;
    const cards = { cards: [{ player: 'Ann', bonus: 2 }] };
    await request(cup, { method: 'PUT', token, body: {} });
    await request(`${cup}/teams/Wolves`, { method: 'PUT', token, body: cards });
    await request(`${cup}/start`, { token, body: {} });
  });

  const nameOf = ({ $ref }: { readonly $ref: string }): string => $ref.split('/').at(-1) ?? '';
  const messageOf = (reference: { readonly $ref: string }): Message => {
    const found = document.components.messages[nameOf(reference)];
    if (found === undefined) throw new Error(`there is no ${reference.$ref}`);
    return found;
  };
  const fault = (message: Message, frame: unknown): string | undefined =>
    schemas.mismatch(message.payload, frame);

  it.each<Encoding>(['json', 'msgpack'])(
    'has examples of frames that the server accepts in %s, and what it sends is as described',
    async (encoding) => {
      const client = await connectRaw(server.socketUrl, { encoding, token });
      const examples = document.operations.receive.messages.flatMap(
        (reference) => messageOf(reference).examples,
      );
      expect(examples.length).toBeGreaterThan(8);
      for (const { name, payload } of examples) {
        const frame = payload.type === 'auth' ? { ...payload, token } : payload;
        const reply = await client.ask<ServerFrame>(frame);
        expect(reply.type, `${name}: ${JSON.stringify(reply)}`).not.toBe('error');
        if (reply.type === 'ack') expect((reply as AckFrame).rejected, name).toEqual([]);
      }
      expect(client.frames.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['welcome', 'ok', 'subscribed', 'ack', 'pong']),
      );
      for (const frame of client.frames) {
        const reference = { $ref: `#/components/messages/${frame.type}` };
        expect(fault(messageOf(reference), frame), JSON.stringify(frame)).toBeUndefined();
      }
      expect(client.violations).toEqual([]);
      client.close();
    },
  );

  it('names channels that can be subscribed to, and they hold what it says', async () => {
    const windows = { windows: ['daily', 'weekly', 'monthly'] };
    await request(`${server.url}/v1/boards/season`, { method: 'PUT', token, body: windows });
    const events = [
      { type: 'score', board: 'season', member: 'Ann', delta: 1 },
      { type: 'profile', member: 'Ann', name: 'Ann A.' },
      { type: 'result', product: 'chess', winner: 'Ann', loser: 'Björn' },
      { type: 'session', area: '111', mode: 'blitz', user: 'Ann', action: 'LOGIN' },
    ];
    const published = await request(`${server.url}/v1/events`, { token, body: events });
    expect(published.body).toMatchObject({ applied: events.length });
    const client = await connectRaw(server.socketUrl, { token });
    const live = Object.values(document.channels).filter(({ messages }) => 'state' in messages);
    expect(live.length).toBe(10);
    for (const { address, parameters = {}, messages } of live) {
      const longest = Math.max(...Object.values(parameters).map(({ examples }) => examples.length));
      for (let i = 0; i < longest; i++) {
        const channel = address.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
          const { examples = [] } = parameters[name] ?? {};
          return examples[i % examples.length] ?? '';
        });
        const reply = await client.ask({ type: 'subscribe', channel });
        expect(reply, channel).toMatchObject({ type: 'subscribed', channel });
        // The days that are examples of fixed windows may be over.
        const state = /@\w+\./.test(channel)
          ? client.state(channel)
          : await client.waitForState(channel, (held) => Object.keys(held).length > 0);
        const payload = messageOf(messages.state ?? { $ref: '' });
        expect(fault(payload, { state }), `${channel}: ${JSON.stringify(state)}`).toBeUndefined();
        expect(fault(payload, { state: [['Ann', 'no score']] }), channel).toBeDefined();
      }
    }
    client.close();
  });
});

it('drains as it says', async () => {
  const viewer = await connectRaw(server.socketUrl);
  const { node } = await viewer.waitFor<WelcomeFrame>('the welcome', ({ type }) => type === 'welcome');
  const drained = await request(`${server.url}/v1/admin/nodes/${node}/drain`, { method: 'POST', token });
  expect([drained.status, drained.body]).toEqual([202, { draining: true }]);
  expect(await viewer.closed).toMatchObject({ code: 4001 });
});
