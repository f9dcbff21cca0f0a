import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODECS } from '../../protocol/codec.ts';
import { withHead } from './encoded-frames.ts';

describe('a frame of a head and an encoded body', () => {
  it('is the encoding of both together', () => {
    fc.assert(
      fc.property(
        fc.record({ type: fc.string(), id: fc.maxSafeInteger() }),
        fc.record({
          channel: fc.string(),
          seq: fc.maxSafeNat(),
          state: fc.array(fc.tuple(fc.string(), fc.integer())),
        }),
        (head, body) => {
          const json = withHead('json', head, CODECS.json.encode(body));
          expect(CODECS.json.decode(json as string)).toEqual({ ...head, ...body });
          const msgpack = withHead('msgpack', head, CODECS.msgpack.encode(body));
          expect(CODECS.msgpack.decode(msgpack as Uint8Array)).toEqual({ ...head, ...body });
        },
      ),
    );
  });

  it('refuses more fields than a frame has', () => {
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`k${i}`, i]));
    expect(() => withHead('msgpack', { a: 1, b: 2 }, CODECS.msgpack.encode(many))).toThrow(/defect/);
  });
});
