/**
 * The two encodings of a frame. JSON frames are text, MessagePack frames are bytes; both carry the same plain
 * objects. Decoding is safe on hostile input: bounded size and depth, no extension types, no allocation by
 * declared sizes, `__proto__` is an ordinary key, -0 is 0. A refusal is a `DecodeError`, never a crash.
 */
import type { Codec } from './codec-types.ts';
import { jsonCodec } from './json-codec.ts';
import { msgpackCodec } from './msgpack-codec.ts';

export type { Codec, DecodeLimits } from './codec-types.ts';
export { ENCODINGS, type Encoding, SUBPROTOCOLS } from './encodings.ts';

export const CODECS = { json: jsonCodec, msgpack: msgpackCodec } as const satisfies {
  json: Codec<string>;
  msgpack: Codec<Uint8Array>;
};
