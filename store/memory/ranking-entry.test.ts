import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareEntries, createEntry } from './ranking-entry.ts';

test('equal entries stand in the byte order of their members', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const order = compareEntries(createEntry(a, 1), createEntry(b, 1));
      expect(Math.sign(order)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 500 },
  );
});

test('members above U+FFFF stand last among equal entries, unlike in the order of JavaScript', () => {
  const members = ['💥', '\uffff', '\ue000', '\ud7ff', 'z', '💥a', 'za'];
  const entries = members.map((member) => createEntry(member, 1)).sort(compareEntries);
  expect(entries.map(({ member }) => member)).toEqual(['z', 'za', '\ud7ff', '\ue000', '\uffff', '💥', '💥a']);
});
