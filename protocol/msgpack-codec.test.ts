import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { wireValue } from '../test/support/json-arbitraries.ts';
import { DecodeError } from './decode-error.ts';
import { msgpackCodec } from './msgpack-codec.ts';
import { decodeExactly } from './msgpack-exact.ts';

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const toHex = (value: unknown): string => Buffer.from(msgpackCodec.encode(value)).toString('hex');
const malformed = expect.objectContaining({ name: 'DecodeError', code: 'malformed' });

describe('what the MessagePack codec writes', () => {
  it.each<[unknown, string]>([
    [null, 'c0'],
    [true, 'c3'],
    [0, '00'],
    [-0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [65_536, 'ce00010000'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [4_294_967_295, 'ceffffffff'],
    [4_294_967_296, 'cb41f0000000000000'],
    [-2_147_483_648, 'd280000000'],
    [-2_147_483_649, 'cbc1e0000000200000'],
    [9_007_199_254_740_991, 'cb433fffffffffffff'],
    [-9_007_199_254_740_991, 'cbc33fffffffffffff'],
    [9_007_199_254_740_992, 'cb4340000000000000'],
    [0.5, 'cb3fe0000000000000'],
    ['a', 'a161'],
    [[], '90'],
    [{}, '80'],
    [{ a: [1] }, '81a1619101'],
  ])('%j is plain MessagePack, as short as its kind allows', (value, hex) => {
    expect(toHex(value)).toBe(hex);
  });

  it('writes no integer that a library with default settings gives as a BigInt', () => {
    const frame = { at: 1_795_219_200_123, score: -(2 ** 40), seq: 2 ** 32 };
    expect(unpack(msgpackCodec.encode(frame))).toEqual(frame);
  });

  it('writes long texts, lists and maps with 16 and 32 bit lengths', () => {
    for (const length of [15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      const list = Array.from({ length }, (_, i) => i);
      const map = Object.fromEntries(list.map((i) => [`k${i}`, i]));
      for (const value of [list, map, 'é'.repeat(length)]) {
        // Compared as text, which takes a fraction of the time for so much.
        expect(
          JSON.stringify(msgpackCodec.decode(msgpackCodec.encode(value))) === JSON.stringify(value),
        ).toBe(true);
      }
    }
  });
});

describe('the MessagePack codec on input from strangers', () => {
  it.each([
    ['nothing', ''],
    ['0xc1', 'c1'],
    ['0xc1 inside', '93 c0 c1 c0'],
    ['bytes after the message', '90 c0'],
    ['a nil key', '81 c0 c0'],
    ['a number as a key', '81 01 c0'],
    ['a negative number as a key', '81 ff c0'],
    ['a list as a key', '81 90 01'],
    ['a map as a key', '81 80 01'],
    ['a float as a key', '81 cb3ff0000000000000 01'],
    ['a boolean as the second key', '82 a161 01 c3 02'],
    ['half a bin 8', 'c4 02 00'],
    ['a bin 32 longer than the message', 'c6 ffffffff 00'],
    ['a bin as a key', '81 c4 01 61 01'],
    ['ext 8', 'c7 01 01 00'],
    ['ext 16', 'c8 0001 01 00'],
    ['ext 32', 'c9 00000001 01 00'],
    ['fixext 1', 'd4 00 00'],
    ['fixext 2', 'd5 01 0000'],
    ['a record', 'd4 72 40 91 a161'],
    ['a timestamp', 'd6 ff 00000000'],
    ['fixext 8', `d7 01 ${'00'.repeat(8)}`],
    ['fixext 16', `d8 01 ${'00'.repeat(16)}`],
    ['half a fixstr', 'a2 61'],
    ['half a str 8', 'd9 02 61'],
    ['a str 16 without its length', 'da 00'],
    ['half a uint 16', 'cd 00'],
    ['half a double', 'cb 00000000'],
    ['half a list', '92 01'],
    ['half a map', '81 a161'],
    ['a list longer than the message', 'dd ffffffff'],
    ['a map longer than the message', 'df ffffffff 00'],
    ['an overlong form', 'a2 c080'],
    ['an overlong form of three bytes', 'a3 e08080'],
    ['a surrogate', 'a3 eda080'],
    ['above U+10FFFF', 'a4 f4908080'],
    ['a lone continuation', 'a1 80'],
    ['a sequence that its text cuts', '92 a1 c3 a1 a9'],
    ['0xff in a text', 'a1 ff'],
    ['invalid UTF-8 in a key', '81 a1ff 01'],
  ])('refuses %s', (_, hex) => {
    expect(() => msgpackCodec.decode(fromHex(hex))).toThrow(malformed);
  });

  it.each<[string, string, unknown]>([
    ['a uint64 that is a safe integer', 'cf 001fffffffffffff', 2 ** 53 - 1],
    ['an int64 that is a safe integer', 'd3 ffe0000000000001', -(2 ** 53) + 1],
    ['2^53 as a uint64', 'cf 0020000000000000', 2 ** 53],
    ['2^53 as an int64', 'd3 0020000000000000', 2 ** 53],
    ['-2^53 as an int64', 'd3 ffe0000000000000', -(2 ** 53)],
    ['2^53 + 1 as a number that no schema takes', 'cf 0020000000000001', Number.POSITIVE_INFINITY],
    ['-2^53 - 1 so too', 'd3 ffdfffffffffffff', Number.NEGATIVE_INFINITY],
    ['2^53 + 2, which a double is equal to', 'd3 0020000000000002', 2 ** 53 + 2],
    ['the largest uint64 so too', 'cf ffffffffffffffff', Number.POSITIVE_INFINITY],
    ['the least int64, which is -2^63', 'd3 8000000000000000', -(2 ** 63)],
    ['bin 8 as what no schema takes', '92 c4 01 00 01', [Number.NaN, 1]],
    ['bin 16 so too', '92 c5 0001 00 01', [Number.NaN, 1]],
    ['bin 32 so too', '92 c6 00000001 00 01', [Number.NaN, 1]],
    ['1 as a uint64', 'cf 0000000000000001', 1],
    ['1 as a float', 'ca 3f800000', 1],
    ['1 as a double', 'cb 3ff0000000000000', 1],
    ['a short text as a str 32', 'db 00000001 61', 'a'],
    ['-0 as a float', 'ca 80000000', 0],
    ['-0 as a double', '91 cb 8000000000000000', [0]],
    ['the least double below zero', 'cb 8000000000000001', -5e-324],
    ['NaN', 'cb 7ff8000000000000', Number.NaN],
    ['an infinity', 'ca ff800000', Number.NEGATIVE_INFINITY],
    ['equal keys', '82 a161 01 a161 02', { a: 2 }],
    ['a list as a list 32', 'dd 00000001 c0', [null]],
    ['a map as a map 32', 'df 00000001 a161 c0', { a: null }],
    ['a key as a str 16', '81 da0001 61 01', { a: 1 }],
  ])('decodes %s', (_, hex, value) => {
    deepStrictEqual(msgpackCodec.decode(fromHex(hex)), value);
  });

  it('decodes a view into a larger buffer, and Node buffers', () => {
    const bytes = Buffer.from([0xc1, 0x92, 0x01, 0xa1, 0x61, 0xc1]);
    deepStrictEqual(msgpackCodec.decode(bytes.subarray(1, 5)), [1, 'a']);
    deepStrictEqual(msgpackCodec.decode(new Uint8Array(bytes).subarray(1, 5)), [1, 'a']);
  });

  it('decodes after a refusal as if nothing had been', () => {
    const good = msgpackCodec.encode({ a: [1, 'x'] });
    for (const hex of ['81 a161', 'dd ffffffff', 'a1 ff', 'd4 72 40']) {
      expect(() => msgpackCodec.decode(fromHex(hex))).toThrow(DecodeError);
      deepStrictEqual(msgpackCodec.decode(good), { a: [1, 'x'] });
    }
  });

  it('throws nothing but DecodeError, whatever it is given', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), throwsOnlyDecodeError), { numRuns: 1000 });
  });

  it('throws nothing but DecodeError on valid messages that were cut or changed', () => {
    fc.assert(
      fc.property(wireValue(), fc.nat(), fc.nat(255), fc.boolean(), (value, at, byte, cut) => {
        const bytes = msgpackCodec.encode(value);
        const place = at % bytes.length;
        bytes[place] = byte;
        throwsOnlyDecodeError(cut ? bytes.subarray(0, place) : bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses every message that lacks its end', () => {
    const bytes = msgpackCodec.encode({ type: 'update', at: 1e12, patch: [[0, 1, ['é', 0.5, null]]] });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => msgpackCodec.decode(bytes.subarray(0, length))).toThrow(malformed);
    }
  });
});

describe('the exact decoder', () => {
  it('agrees with the fast one wherever that is used', () => {
    fc.assert(
      fc.property(wireValue(), (value) => {
        deepStrictEqual(decodeExactly(msgpackCodec.encode(value)), value);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, unknown]>([
    ['d0 80', -128],
    ['d1 8000', -32_768],
    ['d2 80000000', -(2 ** 31)],
    ['cc ff', 255],
    ['cd ffff', 65_535],
    ['ce ffffffff', 2 ** 32 - 1],
    ['cf 001fffffffffffff', 2 ** 53 - 1],
    ['ca 3f000000', 0.5],
    ['da 0001 61', 'a'],
    ['db 00000001 61', 'a'],
    ['dc 0001 c2', [false]],
    ['dd 00000001 e0', [-32]],
    ['de 0001 a161 01', { a: 1 }],
    ['df 00000001 a161 01', { a: 1 }],
  ])('decodes %s', (hex, value) => {
    deepStrictEqual(decodeExactly(fromHex(hex)), value);
  });
});

function throwsOnlyDecodeError(bytes: Uint8Array): void {
  try {
    msgpackCodec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}
