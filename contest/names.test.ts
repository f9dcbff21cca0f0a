import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashIndex } from './hash-index.ts';
import { Names } from './names.ts';

test('names are numbered as they come, found again, and come back as they were', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom('a', 'ab', '\ufeffa'),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 300 }), fc.boolean(), (texts, isTrimmed) => {
      const names = new Names();
      const expected = [...new Set(texts)];
      for (const text of texts) expect(names.intern(text)).toBe(expected.indexOf(text));
      if (isTrimmed) names.trim();
      expect(names.count).toBe(expected.length);
      expect(expected.map((_, item) => names.text(item))).toEqual(expected);
      expect(expected.map((text) => names.find(text))).toEqual(expected.map((_, item) => item));
      expect(names.find('not there')).toBe(undefined);
      // What comes after giving back the spare places is found like the others.
      expect(names.intern('not there')).toBe(expected.length);
      expect(names.find('not there')).toBe(expected.length);
    }),
  );
});

test('things whose hashes are all the same are found nevertheless', () => {
  for (const hash of [0, 1, 2 ** 31 - 1]) {
    const index = new HashIndex(() => hash);
    for (let item = 0; item < 500; item++) {
      expect(index.find(hash, (other) => other === item)).toBeUndefined();
      index.add(hash);
    }
    for (let item = 0; item < 500; item++) expect(index.find(hash, (other) => other === item)).toBe(item);
  }
});

test('a thing is looked at only where its hash begins like the one that is sought', () => {
  const hashes = Array.from({ length: 1000 }, (_, item) => Math.imul(item + 1, 0x9e3779b1) >>> 1);
  const index = new HashIndex((item) => hashes[item] as number);
  for (const hash of hashes) index.add(hash);
  let looks = 0;
  for (const [item, hash] of hashes.entries()) {
    index.find(hash, (other) => {
      looks++;
      return other === item;
    });
  }
  expect(looks).toBeLessThan(1050);
});
