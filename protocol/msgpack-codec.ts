// These entries hold the plain JavaScript of msgpackr, the same in Node and in browsers.
import { Packr, RESET_BUFFER_MODE } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import type { Codec } from './codec-types.ts';
import { DecodeError, MAX_DEPTH, MAX_VALUES } from './decode-error.ts';
import { checkMessagePack } from './msgpack-check.ts';
import { decodeExactly } from './msgpack-exact.ts';
import { toWireValue } from './wire-value.ts';

// Nothing but plain MessagePack: no records, no `toJSON` of data that happens to have such a key.
const packr = new Packr({ useRecords: false, variableMapSize: true, useToJSON: false });
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

/** Plain MessagePack; integers beyond 32 bits go as doubles, which every library gives as an ordinary number. NaN and infinities decode as they are (the schemas refuse them), invalid UTF-8 is refused. */
export const msgpackCodec: Codec<Uint8Array> = {
  encode(value) {
    const packed = packr.pack(toWireValue(value), RESET_BUFFER_MODE);
    // A copy, as msgpackr writes into one large shared buffer, which small frames would otherwise keep alive.
    return new Uint8Array(packed);
  },

  decode(wire, { maxBytes = Number.POSITIVE_INFINITY, maxDepth = MAX_DEPTH, maxValues = MAX_VALUES } = {}) {
    if (wire.length > maxBytes) throw new DecodeError('too_large', `over ${maxBytes} bytes`);
    const special = checkMessagePack(wire, maxDepth, maxValues);
    return special ? decodeExactly(wire) : unpackr.unpack(wire);
  },
};
