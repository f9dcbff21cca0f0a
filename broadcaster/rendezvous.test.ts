import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownerOf, shareOf } from './rendezvous.ts';

const PARTITIONS = 1024;
const name = fc.oneof(
  fc.uuid(),
  fc.string({ minLength: 1, maxLength: 12 }),
  // Such as pods have, which differ in little.
  fc.nat(50).map((n) => `scorewire-broadcaster-${n}`),
);
const members = fc.uniqueArray(name, { minLength: 1, maxLength: 12 });

test('every partition has exactly one owner, the same whatever the order in which the members are known', () => {
  fc.assert(
    fc.property(members, fc.infiniteStream(fc.nat()), (list, numbers) => {
      const shuffled = list
        .map((member) => [numbers.next().value as number, member] as const)
        .sort(([a], [b]) => a - b)
        .map(([, member]) => member);
      const seen = new Map<number, string>();
      for (const member of shuffled) {
        for (const partition of shareOf(member, shuffled, 64)) {
          expect(seen.has(partition)).toBe(false);
          seen.set(partition, member);
        }
      }
      for (let partition = 0; partition < 64; partition++) {
        expect(seen.get(partition)).toBe(ownerOf(partition, list));
      }
    }),
  );
});

test('nobody owns where nobody is', () => {
  expect(ownerOf(3, [])).toBeUndefined();
  expect(shareOf('a', [], 16).size).toBe(0);
});

test('who comes only takes, and who goes only leaves behind: nothing moves between the others', () => {
  fc.assert(
    fc.property(members, name, (list, other) => {
      fc.pre(!list.includes(other));
      for (let partition = 0; partition < 128; partition++) {
        const before = ownerOf(partition, list);
        const after = ownerOf(partition, [...list, other]);
        expect([before, other]).toContain(after);
      }
    }),
  );
});

test('the shares are alike: none is half of the fair one, or twice', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 8 }), (list) => {
      const fair = PARTITIONS / list.length;
      for (const member of list) {
        const { size } = shareOf(member, list, PARTITIONS);
        expect(size).toBeGreaterThan(fair / 2);
        expect(size).toBeLessThan(fair * 2);
      }
    }),
  );
});

test('who goes leaves to each of the others a part', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 3, maxLength: 6 }), (list) => {
      const [gone, ...others] = list as [string, ...string[]];
      const heirs = new Set(
        [...shareOf(gone, list, PARTITIONS)].map((partition) => ownerOf(partition, others)),
      );
      expect(heirs.size).toBe(others.length);
    }),
  );
});

test('the rule is the same in every version that runs beside another', () => {
  const three = ['host-a', 'host-b', 'host-c'];
  const owners = Array.from({ length: 16 }, (_, partition) => ownerOf(partition, three)?.at(-1));
  expect(owners.join('')).toBe('bbbbacbbbacabcaa');
});
