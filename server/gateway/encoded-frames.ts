import { CODECS } from '../../protocol/codec.ts';
import type { Encoding } from '../../protocol/encodings.ts';
import type { ServerFrame } from '../../protocol/frames.ts';
import { assert } from '../../runtime/errors.ts';

export type Wire = string | Uint8Array;

export function encodeFrame(encoding: Encoding, frame: ServerFrame): Wire {
  return CODECS[encoding].encode(frame);
}

/**
 * The encoding of `{...head, ...body}` from an encoded body: what many clients get alike is encoded once, and only the
 * few fields that differ, such as the request's id, are encoded for each. Neither may be empty or share a key.
 */
export function withHead(encoding: Encoding, head: object, body: Wire): Wire {
  const encodedHead = CODECS[encoding].encode(head);
  return typeof body === 'string'
    ? joinJson(encodedHead as string, body)
    : joinMaps(encodedHead as Uint8Array, body);
}

function joinJson(head: string, body: string): string {
  return `${head.slice(0, -1)},${body.slice(1)}`;
}

const FIXMAP = 0x80;
const FIXMAP_MAX = 15;

function joinMaps(head: Uint8Array, body: Uint8Array): Uint8Array {
  const count = mapSize(head) + mapSize(body);
  assert(count <= FIXMAP_MAX, 'a frame has few fields');
  const joined = new Uint8Array(head.length + body.length - 1);
  joined[0] = FIXMAP | count;
  joined.set(head.subarray(1), 1);
  joined.set(body.subarray(1), head.length);
  return joined;
}

function mapSize(encoded: Uint8Array): number {
  const first = encoded[0] ?? 0;
  assert((first & 0xf0) === FIXMAP, 'a frame is a small map');
  return first & 0x0f;
}
