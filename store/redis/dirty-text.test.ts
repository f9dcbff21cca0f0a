import { expect, test } from 'vitest';
import { eachOnce } from '../support.contract.ts';
import { parseDirtyText } from './dirty-text.ts';

const line = (since: number, ...names: readonly string[]): string =>
  `\n${String(since).padStart(16, '0')}${String(names.length).padStart(6, '0')}\t${names.join('\t')}`;

const parsed = (maxNames: number, ...lines: readonly string[]) =>
  eachOnce(parseDirtyText(3, Buffer.from(lines.join('')), maxNames));

test('names have the oldest time of their lines, in whatever order these came', () => {
  const lines = [
    line(2000, 'board:a', 'profile:Zoë 🏏'),
    line(1000, 'probe'),
    line(3000, 'board:a'),
    line(1500, 'board:a'),
  ];
  const names = new Map([
    ['board:a', 1500],
    ['profile:Zoë 🏏', 2000],
    ['probe', 1000],
  ]);
  for (const maxNames of [3, 100]) expect(parsed(maxNames, ...lines)).toEqual({ partition: 3, names });
});

test('nothing is no name', () => {
  expect(parsed(8)).toEqual({ partition: 3, names: new Map() });
});

test('more names than may be are everything, since the oldest of all', () => {
  const lines = [line(2000, 'a', 'b'), line(1000, 'a'), line(4000, 'c', 'a', 'b')];
  expect(parsed(2, ...lines)).toEqual({ partition: 3, allSince: 1000, names: new Map() });
  expect(parsed(3, ...lines).names.size).toBe(3);
});
