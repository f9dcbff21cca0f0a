import { describe, expect, it } from 'vitest';
import { CODECS } from './codec.ts';
import { MAX_VALUES } from './decode-error.ts';
import { countJsonValues, mayHaveMore } from './json-codec.ts';

const tooLarge = expect.objectContaining({ name: 'DecodeError', code: 'too_large' });

/** Each with the number of its values: elements, entries, and one for what is empty. */
const COUNTED: readonly [unknown, number][] = [
  [[1, 2, 3], 3],
  [[], 1],
  [{}, 1],
  [[[], {}, []], 6],
  [{ a: 1, b: [2, { c: 3 }] }, 5],
  [{ 'a,b[{': '[1,2,"{,,,' }, 1],
];

describe('the number of values of one message', () => {
  it.each(COUNTED)('of %j is the same in both encodings, and a limit', (value, count) => {
    // Padded, since a short text can't have many values and is not even looked at.
    const json = `${CODECS.json.encode(value)}${' '.repeat(50)}`;
    const msgpack = CODECS.msgpack.encode(value);
    expect(CODECS.json.decode(json, { maxValues: count })).toEqual(value);
    expect(CODECS.msgpack.decode(msgpack, { maxValues: count })).toEqual(value);
    expect(() => CODECS.json.decode(json, { maxValues: count - 1 })).toThrow(tooLarge);
    expect(() => CODECS.msgpack.decode(msgpack, { maxValues: count - 1 })).toThrow(tooLarge);
    expect(countJsonValues(json)).toBe(count);
  });

  it('has a limit by itself, at which messages still pass', () => {
    const list = Array.from({ length: MAX_VALUES }, () => 0);
    expect(CODECS.json.decode(JSON.stringify(list))).toHaveLength(MAX_VALUES);
    expect(CODECS.msgpack.decode(CODECS.msgpack.encode(list))).toHaveLength(MAX_VALUES);
    list.push(0);
    expect(() => CODECS.json.decode(JSON.stringify(list))).toThrow(tooLarge);
    expect(() => CODECS.msgpack.decode(CODECS.msgpack.encode(list))).toThrow(tooLarge);
  });

  it('is counted wherever a text is long enough for more', () => {
    const shortest = Array.from({ length: 9 }, (_, items) => `[${Array(items).fill('[]').join()}]`);
    for (const text of [...shortest, '1', '[1]', '[1,2]', '[[[]]]', '[[],1]', '{"":[]}', '[{},{}]']) {
      const values = countJsonValues(text);
      expect(mayHaveMore(text, values - 1)).toBe(true);
      expect(() => CODECS.json.decode(text, { maxValues: values - 1 })).toThrow(tooLarge);
    }
    expect(mayHaveMore('[[],[]]', 5)).toBe(false);
  });

  it('is counted no further than the limit', () => {
    expect(countJsonValues('[1,2,3,4,5]', { maxValues: 3 })).toBe(4);
  });

  it('in MessagePack is not believed before there are bytes for it', () => {
    const list = new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0]);
    expect(() => CODECS.msgpack.decode(list)).toThrow('the message ends too early');
  });
});
