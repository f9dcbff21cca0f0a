import { expect, test } from 'vitest';
import { parseChannel } from '../protocol/channels.ts';
import type { Rows } from '../protocol/views.ts';
import type { DirtyNames } from '../store/score-store.ts';
import { markDirtyChannels } from './dirty-channels.ts';
import { PublishedViews } from './published-views.ts';

function watched(): PublishedViews {
  const views = new PublishedViews({ watchedChannels: 100 });
  const add = (name: string, partition: number, rows?: Rows): void => {
    const channel = parseChannel(name);
    const pending = channel && views.reserve(name, channel, partition, 0);
    if (pending !== undefined && rows !== undefined) views.publish(pending, rows, 0);
  };
  add('board:x', 0, [
    ['ann', 3],
    ['b:ob', 2],
  ]);
  add('rank:x:ann', 0, []);
  add('rank:x:carl', 0, []);
  add('board:y', 0, [['ann', 1]]);
  add('board:z', 1, [['ann', 1]]);
  add('board:pending', 0);
  add('player:p:ann', 0, []);
  add('player:p:b:ob', 0, []);
  add('player:players:ann', 0, []);
  add('area:111', 1, []);
  add('match:m', 3, []);
  add('match:m:feed', 3, []);
  add('match:n:feed', 3, []);
  add('board:w', 2, [['ann', 3]]);
  add('board:w@daily', 2, [['ann', 2]]);
  add('rank:w@daily:ann', 2, []);
  add('board:w@weekly', 2, []);
  add('board:w@daily.2026-11-20', 2, [['ann', 1]]);
  add('board:w@daily.2026-11-21', 2, [['bob', 1]]);
  add('rank:w@daily.2026-11-21:bob', 2, []);
  return views;
}

function marks(...taken: readonly DirtyNames[]): Record<string, number> {
  const found: Record<string, number> = {};
  markDirtyChannels(taken, watched(), (channel, since) => {
    found[channel] = Math.min(since, found[channel] ?? Number.POSITIVE_INFINITY);
  });
  return found;
}

test('a dirty board leads to its channel and its watched ranks', () => {
  expect(marks({ partition: 0, names: new Map([['board:x', 5]]) })).toEqual({
    'board:x': 5,
    'rank:x:ann': 5,
    'rank:x:carl': 5,
  });
});

test('a dirty window leads to the channels that name it, and to those of the current one of its kind', () => {
  expect(marks({ partition: 2, names: new Map([['board:w@daily.2026-11-21', 5]]) })).toEqual({
    'board:w@daily': 5,
    'rank:w@daily:ann': 5,
    'board:w@daily.2026-11-21': 5,
    'rank:w@daily.2026-11-21:bob': 5,
  });
});

test('a dirty match leads to its document and to its feed, as far as they are watched', () => {
  const names = new Map([
    ['match:m', 5],
    ['match:n', 6],
    ['match:o', 7],
  ]);
  expect(marks({ partition: 3, names })).toEqual({ 'match:m': 5, 'match:m:feed': 5, 'match:n:feed': 6 });
});

test('a dirty board leads to the channels of all its windows, since its settings may have changed', () => {
  expect(Object.keys(marks({ partition: 2, names: new Map([['board:w', 5]]) })).sort()).toEqual([
    'board:w',
    'board:w@daily',
    'board:w@daily.2026-11-20',
    'board:w@daily.2026-11-21',
    'board:w@weekly',
    'rank:w@daily.2026-11-21:bob',
    'rank:w@daily:ann',
  ]);
});

test('a profile leads to the windows that show the member', () => {
  expect(Object.keys(marks({ partition: 2, names: new Map([['profile:ann', 5]]) })).sort()).toEqual([
    'board:w',
    'board:w@daily',
    'board:w@daily.2026-11-20',
  ]);
});

test('dirty players of a product lead to the channels of them that are watched', () => {
  expect(marks({ partition: 0, names: new Map([['players:p', 5]]) })).toEqual({
    'player:p:ann': 5,
    'player:p:b:ob': 5,
  });
});

test('a dirty area leads to its channel', () => {
  expect(marks({ partition: 1, names: new Map([['area:111', 6]]) })).toEqual({ 'area:111': 6 });
});

test('a name that nobody watches leads nowhere', () => {
  const names = new Map([
    ['board:unwatched', 5],
    ['profile:nobody shown', 5],
    ['something:else', 5],
    ['players:other', 5],
    ['area:222', 5],
    ['board:unwatched@daily.2026-11-21', 5],
  ]);
  expect(marks({ partition: 1, names })).toEqual({});
});

test('a profile leads to the boards of its partition that show the member, and to those still being read', () => {
  expect(marks({ partition: 0, names: new Map([['profile:ann', 5]]) })).toEqual({
    'board:x': 5,
    'board:y': 5,
    'board:pending': 5,
  });
  expect(marks({ partition: 0, names: new Map([['profile:b:ob', 5]]) })).toEqual({
    'board:x': 5,
    'board:pending': 5,
  });
  expect(marks({ partition: 1, names: new Map([['profile:ann', 5]]) })).toEqual({ 'board:z': 5 });
});

test('of several changed profiles in a board the oldest change counts', () => {
  const names = new Map([
    ['profile:ann', 5],
    ['profile:b:ob', 3],
  ]);
  expect(marks({ partition: 0, names })).toEqual({ 'board:x': 3, 'board:y': 5, 'board:pending': 3 });
});

test('the flag for all leads to every watched channel of the partition', () => {
  expect(marks({ partition: 1, allSince: 7, names: new Map() })).toEqual({ 'board:z': 7, 'area:111': 7 });
  expect(Object.keys(marks({ partition: 0, allSince: 7, names: new Map([['board:x', 9]]) })).sort()).toEqual([
    'board:pending',
    'board:x',
    'board:y',
    'player:p:ann',
    'player:p:b:ob',
    'player:players:ann',
    'rank:x:ann',
    'rank:x:carl',
  ]);
});
