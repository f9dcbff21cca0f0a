// This entry holds the plain JavaScript of msgpackr, the same in Node and in browsers.
import { Unpackr } from 'msgpackr/unpack';
import type { Codec } from './codec-types.ts';
import { DecodeError, MAX_DEPTH, MAX_VALUES } from './decode-error.ts';
import { checkMessagePack } from './msgpack-check.ts';
import { encodeMessagePack } from './msgpack-encode.ts';
import { decodeExactly } from './msgpack-exact.ts';

const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

/** Plain MessagePack. NaN and infinities decode as they are (the schemas refuse them), invalid UTF-8 is refused. */
export const msgpackCodec: Codec<Uint8Array> = {
  encode: encodeMessagePack,

  decode(wire, { maxBytes = Number.POSITIVE_INFINITY, maxDepth = MAX_DEPTH, maxValues = MAX_VALUES } = {}) {
    if (wire.length > maxBytes) throw new DecodeError('too_large', `over ${maxBytes} bytes`);
    const special = checkMessagePack(wire, maxDepth, maxValues);
    return special ? decodeExactly(wire) : unpackr.unpack(wire);
  },
};
