import { expect, test } from 'vitest';
import { DueReads } from './due-reads.ts';

test('a mark keeps the oldest known change and its place in the line', () => {
  const due = new DueReads();
  due.mark('a');
  due.mark('b', 20);
  due.mark('a', 30);
  due.mark('a', 10);
  due.mark('a', 40);
  due.mark('b');
  expect([...due.channels()]).toEqual(['a', 'b']);
  expect(due.sinceOf('a', 99)).toBe(10);
  expect(due.sinceOf('b', 99)).toBe(20);
});

test('where no change is known the time of the tick stands for it', () => {
  const due = new DueReads();
  due.mark('a');
  expect(due.sinceOf('a', 99)).toBe(99);
  expect(due.sinceOf('never marked', 99)).toBe(99);
});

test('what is settled is due no more', () => {
  const due = new DueReads();
  due.mark('a', 1);
  due.mark('b', 2);
  due.settle('a');
  expect([...due.channels()]).toEqual(['b']);
});
