import { expect, test } from 'vitest';
import { parseChannel } from '../protocol/channels.ts';
import { WatchIndex } from './watch-index.ts';

const NAMES = [
  'board:x',
  'board:x@daily',
  'rank:x@daily:a',
  'board:x@daily.2026-11-21',
  'rank:x:a',
  'area:x',
];

function change(index: WatchIndex, how: 'add' | 'remove', names: readonly string[]): void {
  for (const name of names) {
    const channel = parseChannel(name);
    if (channel === undefined) throw new Error(`${name} is not well-formed`);
    index[how](name, channel);
  }
}

test('knows the channels whose window is whichever is the current one', () => {
  const index = new WatchIndex();
  change(index, 'add', NAMES);
  expect([...index.ofCurrentWindows()]).toEqual(['board:x@daily', 'rank:x@daily:a']);
  change(index, 'remove', ['board:x@daily']);
  expect([...index.ofCurrentWindows()]).toEqual(['rank:x@daily:a']);
  expect([...index.ofBoard('board:x@daily.2026-11-21')]).toEqual([
    'board:x@daily.2026-11-21',
    'rank:x@daily:a',
  ]);
});

test('a window of one kind does not lead to those of another', () => {
  const index = new WatchIndex();
  change(index, 'add', NAMES);
  expect([...index.ofBoard('board:x@weekly.2026-W47')]).toEqual([]);
  expect([...index.ofBoard('board:x@daily.2026-11-22')]).toEqual(['board:x@daily', 'rank:x@daily:a']);
});

test('keeps nothing of what is removed', () => {
  const index = new WatchIndex();
  change(index, 'add', NAMES);
  change(index, 'remove', NAMES);
  expect([...index.ofBoard('board:x'), ...index.ofCurrentWindows()]).toEqual([]);
  change(index, 'add', ['board:x']);
  expect([...index.ofBoard('board:x')]).toEqual(['board:x']);
  index.clear();
  expect([...index.ofBoard('board:x')]).toEqual([]);
});

test('knows of nearly all other boards that nobody watches them, in their bytes', () => {
  const index = new WatchIndex();
  const asks = (name: string): boolean => index.boards.endOf(Buffer.from(name), 0) >= 0;
  expect(asks('board:x')).toBe(false);
  change(index, 'add', NAMES);
  change(index, 'remove', ['board:x', 'board:x@daily', 'board:x@daily.2026-11-21']);
  expect(['board:x', 'board:x@weekly.2026-W47', 'board:y', 'area:y'].map(asks)).toEqual([
    ...[true, true, false, true],
  ]);
  change(index, 'remove', ['rank:x@daily:a', 'rank:x:a', 'rank:x:a']);
  expect(asks('board:x')).toBe(false);
  change(index, 'add', NAMES);
  index.clear();
  expect(asks('board:x')).toBe(false);
});
