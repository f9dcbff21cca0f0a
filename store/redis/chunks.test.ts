import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkByWeight } from './chunks.ts';

test('chunks hold every query once, of one partition each, in order, and within the weight', () => {
  const located = fc
    .array(fc.record({ query: fc.integer({ min: 1, max: 30 }), partition: fc.integer({ min: 0, max: 3 }) }))
    .map((items) => items.map((item, index) => ({ ...item, index })));
  fc.assert(
    fc.property(located, (items) => {
      const chunks = chunkByWeight(items, (weight) => weight, 20);
      for (const { partition, items: held } of chunks) {
        expect(held.length).toBeGreaterThan(0);
        expect(held.every((item) => item.partition === partition)).toBe(true);
        const weight = held.reduce((sum, { query }) => sum + query, 0);
        expect(weight <= 20 || held.length === 1).toBe(true);
      }
      for (const partition of [0, 1, 2, 3]) {
        const held = chunks.flatMap((chunk) => (chunk.partition === partition ? chunk.items : []));
        expect(held).toEqual(items.filter((item) => item.partition === partition));
      }
    }),
  );
});
