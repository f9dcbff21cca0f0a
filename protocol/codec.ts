/**
 * The two encodings of a frame. JSON frames are text, MessagePack frames are bytes; both carry the same plain
 * objects. Decoding is safe on hostile input: bounded size and depth, no extension types, no allocation by
 * declared sizes, `__proto__` is an ordinary key, -0 is 0. A refusal is a `DecodeError`, never a crash.
 */
import { jsonCodec } from './json-codec.ts';
import { msgpackCodec } from './msgpack-codec.ts';

export const SUBPROTOCOLS = { json: 'scorewire.v1.json', msgpack: 'scorewire.v1.msgpack' } as const;
export type Encoding = keyof typeof SUBPROTOCOLS;
export const ENCODINGS = Object.keys(SUBPROTOCOLS) as readonly Encoding[];

export interface Codec<Wire extends string | Uint8Array> {
  /** Throws `TypeError` on what neither encoding can carry (undefined at the top, functions, NaN): a defect of ours. */
  encode(value: unknown): Wire;
  /** Throws `DecodeError` with code `malformed` or `too_large`. */
  decode(wire: Wire, limits?: DecodeLimits): unknown;
}

export interface DecodeLimits {
  /** Bytes of the whole message (for JSON: UTF-8 bytes). Default: no limit here, the transport has its own. */
  readonly maxBytes?: number;
  /** Levels of arrays and objects inside one another; default `MAX_DEPTH`. */
  readonly maxDepth?: number;
}

export const CODECS = { json: jsonCodec, msgpack: msgpackCodec } as const satisfies {
  json: Codec<string>;
  msgpack: Codec<Uint8Array>;
};
