import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoardFilter } from './board-filter.ts';

const idArbitrary = fc
  .string({ unit: fc.constantFrom(...'ab.-_09Z'), minLength: 1, maxLength: 12 })
  .map((id) => `board:${id}`);

function asks(filter: BoardFilter, name: string): boolean {
  const text = Buffer.from(`\t${name}\t`);
  const end = filter.endOf(text, 1);
  expect(end < 0 ? ~end : end).toBe(text.length - 1);
  return end >= 0;
}

test('what was added, and not removed as often, is never said to be absent, nor are its windows', () => {
  fc.assert(
    fc.property(fc.uniqueArray(idArbitrary), fc.uniqueArray(idArbitrary), (kept, removed) => {
      const filter = new BoardFilter();
      for (const name of [...kept, ...removed]) filter.add(name);
      for (const name of removed) filter.remove(name);
      for (const name of kept) {
        expect(asks(filter, name)).toBe(true);
        expect(asks(filter, `${name}@daily.2026-11-21`)).toBe(true);
      }
    }),
  );
});

test('nearly all others are, also what was removed', () => {
  const filter = new BoardFilter();
  const names = Array.from({ length: 20_000 }, (_, i) => `board:board-${i}`);
  for (const name of names.slice(0, 1000)) filter.add(name);
  const found = () => names.filter((name) => asks(filter, name)).length;
  expect(found()).toBeGreaterThanOrEqual(1000);
  expect(found()).toBeLessThan(2000);
  for (const name of names.slice(0, 1000)) filter.remove(name);
  expect(found()).toBe(0);
});

test('names of anything but boards are always to be looked at', () => {
  const names = [
    'probe',
    'profile:bob',
    'profile:Zoë@🏏',
    'players:b',
    'area:111',
    'match:b',
    'tournament:b',
  ];
  for (const name of names) expect(asks(new BoardFilter(), name)).toBe(true);
});
