/** Calls routes directly, as the transport would, without a network. Answers must be as the routes describe them. */
import { msgpackCodec } from '../../protocol/msgpack-codec.ts';
import {
  BodyTooLargeError,
  type HttpReply,
  type HttpRequest,
  type HttpRoute,
} from '../../server/transport/http-types.ts';
import { promised } from '../../server/transport/pending.ts';
import { checkReply } from './described-replies.ts';

export interface CallOptions {
  readonly token?: string;
  /** Several values stand for a header that comes several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A string or bytes go as they are, anything else as JSON; with `application/json` unless a header says otherwise. */
  readonly body?: unknown;
}

export interface CalledReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by expectations
  readonly body: any;
}

export type Call = (method: string, url: string, options?: CallOptions) => Promise<CalledReply>;

export function createCaller(routes: readonly HttpRoute[]): Call {
  return async (method, url, options = {}) => {
    const [path = '', query = ''] = url.split('?');
    for (const route of routes) {
      const params = route.method === method ? match(route.pattern, path) : undefined;
      if (params === undefined) continue;
      const answer = await route.handler(createRequest(method, path, query, params, options));
      const reply = describe(await promised(answer));
      checkReply(route, reply);
      return reply;
    }
    throw new Error(`no route for ${method} ${url}`);
  };
}

function createRequest(
  method: string,
  path: string,
  query: string,
  params: readonly string[],
  { token, headers = {}, body }: CallOptions,
): HttpRequest {
  const all = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  } as Record<string, string | readonly string[]>;
  const valuesOf = (name: string): readonly string[] => [all[name] ?? []].flat();
  const bytes = toBytes(body);
  return {
    id: 'test',
    method,
    path,
    params,
    query: new URLSearchParams(query),
    remoteAddress: '127.0.0.1',
    header: (name) => valuesOf(name)[0] ?? '',
    headers: valuesOf,
    body: async (maxBytes) => {
      if (bytes.length > maxBytes) throw new BodyTooLargeError(maxBytes);
      return bytes;
    },
    takeBody: (maxBytes, taken, failed) => {
      if (bytes.length > maxBytes) failed(new BodyTooLargeError(maxBytes));
      else taken(bytes);
    },
    pieces: () => piecesOf(bytes),
  };
}

/** Small ones, whose ends are anywhere. */
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const PIECE_BYTES = 1000;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function toBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
}

function match(pattern: string, path: string): readonly string[] | undefined {
  if (pattern.endsWith('/*')) return path.startsWith(pattern.slice(0, -1)) ? [] : undefined;
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: string[] = [];
  for (const [i, segment] of wanted.entries()) {
    if (segment.startsWith(':')) params.push(decodeURIComponent(given[i] ?? ''));
    else if (segment !== given[i]) return undefined;
  }
  return params;
}

function describe({ status, headers = {}, body = '' }: HttpReply): CalledReply {
  const type = headers['content-type'] ?? '';
  if (type === 'application/msgpack') {
    return { status, headers, body: msgpackCodec.decode(body as Uint8Array) };
  }
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  return { status, headers, body: type.includes('json') && text !== '' ? JSON.parse(text) : text };
}
