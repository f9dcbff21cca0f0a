import { describe, expect, it } from 'vitest';
import { hasTestData, LEFT_OUT, readTestData } from '../test/support/test-data.ts';
import { DecodeError } from './decode-error.ts';
import { eventChecker } from './events.ts';
import { msgpackCodec } from './msgpack-codec.ts';

/** The public MessagePack test suite: a value under the name of its kind, and all its encodings in hex. */
type SuiteCase = { readonly msgpack: readonly string[] } & { readonly [kind: string]: unknown };

interface HostileCase {
  readonly name: string;
  readonly hex?: string;
  readonly repeat?: { readonly unit: string; readonly count: number; readonly tail: string };
  readonly expect: string;
}

const withData = it.skipIf(!hasTestData);
const REFUSED_KINDS = ['timestamp', 'ext'];

describe(`the public MessagePack test suite${LEFT_OUT}`, () => {
  withData('decodes to the stated values, or is refused where frames have no such type', () => {
    const suite = readTestData<Record<string, SuiteCase[]>>('msgpack/msgpack-test-suite.json');
    let decoded = 0;
    let refused = 0;
    for (const one of Object.values(suite).flat()) {
      for (const hex of one.msgpack) {
        const wire = fromHex(hex.replaceAll('-', ''));
        if (isRefusedKind(one)) {
          expect(() => msgpackCodec.decode(wire), hex).toThrow(DecodeError);
          refused++;
        } else {
          expect(msgpackCodec.decode(wire), hex).toEqual(statedValue(one));
          decoded++;
        }
      }
    }
    expect({ decoded: decoded > 150, refused: refused > 20 }).toEqual({ decoded: true, refused: true });
  });
});

function isRefusedKind(one: SuiteCase): boolean {
  return REFUSED_KINDS.some((kind) => kind in one);
}

/** What no field may hold decodes to what no schema takes, so that only the event that has it is refused. */
function statedValue({ msgpack: _, bignum, ...kinds }: SuiteCase): unknown {
  if ('binary' in kinds) return Number.NaN;
  if (bignum === undefined) return Object.values(kinds)[0];
  const integer = Number(bignum);
  const isExact = BigInt(integer) === BigInt(String(bignum));
  return isExact ? integer : Math.sign(integer) * Number.POSITIVE_INFINITY;
}

describe(`hostile MessagePack${LEFT_OUT}`, () => {
  withData('is refused with a DecodeError, or decodes to plain data that the schemas judge', () => {
    const { cases } = readTestData<{ cases: HostileCase[] }>('msgpack/hostile.json');
    const decoded: string[] = [];
    for (const one of cases) {
      const wire = bytesOf(one);
      const before = process.memoryUsage();
      try {
        const value = msgpackCodec.decode(wire);
        decoded.push(one.name);
        expect(eventChecker.check(value), one.name).toBe(false);
      } catch (error) {
        expect(error, one.name).toBeInstanceOf(DecodeError);
      }
      const after = process.memoryUsage();
      const grown = after.heapUsed - before.heapUsed + (after.external - before.external);
      expect(grown, `memory of: ${one.name}`).toBeLessThan(16 * 1024 * 1024);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }
    // What is not refused has a stated meaning: an ordinary key, the last of equal keys, a number for the schemas.
    expect(decoded).toEqual([
      '__proto__ key with map value',
      'duplicate keys',
      'score NaN',
      'score -Infinity',
      'score 5e-324',
      'score uint64 2^53+1',
      'non-minimal integer 1 as uint64',
      'non-minimal string as str32',
    ]);
  });

  withData('cannot put a NaN or an infinity into a score', () => {
    for (const score of ['cb7ff8000000000000', 'cbfff0000000000000', 'ca7f800000']) {
      const event = fromHex(`84a474797065a573636f7265a5626f617264a162a66d656d626572a16da3736574${score}`);
      const decoded = msgpackCodec.decode(event) as { set: number };
      expect(Number.isFinite(decoded.set)).toBe(false);
      expect(eventChecker.check(decoded)).toBe(false);
      expect(eventChecker.check({ ...decoded, set: 1 })).toBe(true);
    }
  });
});

function bytesOf({ hex, repeat }: HostileCase): Uint8Array {
  return fromHex(repeat === undefined ? (hex ?? '') : repeat.unit.repeat(repeat.count) + repeat.tail);
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
