import { isUtf8 } from 'node:buffer';
import { CODECS } from '../../protocol/codec.ts';
import type { DecodeLimits } from '../../protocol/codec-types.ts';
import { DecodeError } from '../../protocol/decode-error.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';

/** The two encodings over HTTP: which one a body has, and which one an answer gets. */

export type BodyFormat = 'json' | 'ndjson' | 'msgpack';

const FORMATS: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/msgpack', 'msgpack'],
  ['application/x-msgpack', 'msgpack'],
  ['application/vnd.msgpack', 'msgpack'],
]);

/** `undefined` for any other content type. Parameters say nothing: JSON is UTF-8. */
export function formatOf(contentType: string): BodyFormat | undefined {
  return FORMATS.get(contentType) ?? FORMATS.get(mediaTypeOf(contentType));
}

/** The text of a body. Throws `DecodeError`. */
export function textOf(body: Uint8Array): string {
  if (!isUtf8(body)) throw new DecodeError('malformed', 'the body is not valid UTF-8');
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.toString('utf8');
}

/** One value. Throws `DecodeError`. */
export function decodeBody(format: 'json' | 'msgpack', body: Uint8Array, limits?: DecodeLimits): unknown {
  return format === 'json' ? CODECS.json.decode(textOf(body), limits) : CODECS.msgpack.decode(body, limits);
}

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
} as const;
const JSON_HEADERS = { 'content-type': 'application/json', ...COMMON_HEADERS } as const;
const MSGPACK_HEADERS = { 'content-type': 'application/msgpack', ...COMMON_HEADERS } as const;

/** 200 (or another status) in the encoding that the request accepts best; JSON when in doubt. */
export function answer(request: HttpRequest, value: unknown, status = 200): HttpReply {
  return answerIn(acceptedFormat(request), value, status);
}

/** What `answer` answers in, for who can not ask the request any more when the answer is there. */
export function acceptedFormat(request: HttpRequest): 'json' | 'msgpack' {
  return prefersMessagePack(request.header('accept')) ? 'msgpack' : 'json';
}

export function answerIn(format: 'json' | 'msgpack', value: unknown, status = 200): HttpReply {
  return format === 'msgpack'
    ? { status, headers: MSGPACK_HEADERS, body: CODECS.msgpack.encode(value) }
    : { status, headers: JSON_HEADERS, body: CODECS.json.encode(value) };
}

export function prefersMessagePack(accept: string): boolean {
  if (!accept.includes('msgpack')) return false;
  let msgpack = 0;
  let json = 0;
  for (const range of accept.split(',')) {
    const type = mediaTypeOf(range);
    const quality = qualityOf(range);
    if (FORMATS.get(type) === 'msgpack') msgpack = Math.max(msgpack, quality);
    else if (type === 'application/json') json = Math.max(json, quality);
  }
  return msgpack > json;
}

function mediaTypeOf(header: string): string {
  const semicolon = header.indexOf(';');
  return (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

function qualityOf(range: string): number {
  const quality = /;\s*q=([\d.]+)/i.exec(range)?.[1];
  return quality === undefined ? 1 : Number(quality) || 0;
}
