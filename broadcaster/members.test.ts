import { expect, test } from 'vitest';
import type { MemberMessage } from '../bus/messages.ts';
import { Members } from './members.ts';

const says = (name: string, standing: MemberMessage['standing'] = 'stays', able = true): MemberMessage => ({
  type: 'member',
  name,
  standing,
  able,
  freed: [],
});

/** A beat of everybody who is there, in which all hear what they say. */
function beat(members: Members, others: readonly string[] = [], able = true): boolean {
  const isNews = members.beat(able);
  members.hear(says('self'));
  for (const other of others) members.hear(says(other));
  return isNews;
}

test('who is heard counts at once, and it is told only once', () => {
  const members = new Members('self');
  expect(members.candidates()).toEqual(['self']);
  expect(members.hear(says('b', 'joins'))).toBe(true);
  expect(members.hear(says('b'))).toBe(false);
  expect(members.hear(says('a'))).toBe(true);
  expect(members.candidates()).toEqual(['a', 'b', 'self']);
});

test('who leaves is gone at once', () => {
  const members = new Members('self');
  members.hear(says('b'));
  expect(members.hear(says('b', 'leaves'))).toBe(true);
  expect(members.hear(says('c', 'leaves'))).toBe(false);
  expect(members.candidates()).toEqual(['self']);
});

test('who is silent for four beats is gone, not before, and others stay', () => {
  const members = new Members('self');
  members.hear(says('a'));
  members.hear(says('b'));
  for (let i = 0; i < 3; i++) expect(beat(members, ['a'])).toBe(false);
  expect(members.candidates()).toEqual(['a', 'b', 'self']);
  expect(beat(members, ['a'])).toBe(true);
  expect(members.candidates()).toEqual(['a', 'self']);
});

test('whoever does not hear itself takes nobody for dead, and is cut off after four beats until it does', () => {
  const members = new Members('self');
  members.hear(says('b'));
  beat(members, ['b']);
  for (let i = 0; i < 3; i++) members.beat(true);
  expect(members.isCutOff).toBe(false);
  expect(members.beat(true)).toBe(true);
  for (let i = 0; i < 100; i++) members.beat(true);
  expect(members.isCutOff).toBe(true);
  expect(members.candidates()).toEqual(['b', 'self']);
  expect(members.hear(says('self'))).toBe(true);
  expect(members.isCutOff).toBe(false);
  // And now it has as long as ever to be heard.
  for (let i = 0; i < 2; i++) beat(members);
  expect(members.candidates()).toEqual(['b', 'self']);
});

test('who cannot hold leases is left out where others can, and comes back when it can', () => {
  const members = new Members('self');
  for (let i = 0; i < 3; i++) beat(members, ['b']);
  expect(members.hear(says('b', 'stays', false))).toBe(true);
  expect(members.candidates()).toEqual(['self']);
  expect(members.hear(says('b'))).toBe(true);
  expect(members.candidates()).toEqual(['b', 'self']);
});

test('where nobody could hold leases the others are waited for, three beats from when this one can', () => {
  const members = new Members('self');
  members.hear(says('b', 'stays', false));
  const same = (able: boolean): void => {
    members.beat(able);
    members.hear(says('self'));
    members.hear(says('b', 'stays', false));
  };
  for (let i = 0; i < 10; i++) same(false);
  expect(members.candidates()).toEqual(['b', 'self']);
  same(true);
  same(true);
  expect(members.candidates()).toEqual(['b', 'self']);
  same(true);
  expect(members.candidates()).toEqual(['self']);
});
