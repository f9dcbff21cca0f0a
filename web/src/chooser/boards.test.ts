import { expect, test } from 'vitest';
import { defaultBoard, fetchBoards, periodsOf } from './boards.ts';

const page =
  (body: unknown, status = 200) =>
  async () =>
    new Response(JSON.stringify(body), { status });

test('boards come with the fullest first', async () => {
  const boards = [
    { id: 'b', total: 3 },
    { id: 'c', total: 9 },
    { id: 'a', total: 3 },
  ];
  const found = await fetchBoards(page({ boards }), undefined);
  expect(found.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  expect(defaultBoard(found)).toBe('c');
});

test('the token goes along in the header, never in the address', async () => {
  const calls: unknown[] = [];
  await fetchBoards(async (...call) => {
    calls.push(call);
    return new Response('{"boards":[]}');
  }, 'secret');
  expect(calls).toEqual([
    ['/v1/boards', { headers: { accept: 'application/json', authorization: 'Bearer secret' } }],
  ]);
});

test('a refusal, a failure or nonsense gives no boards', async () => {
  expect(await fetchBoards(page({}, 401), undefined)).toEqual([]);
  expect(await fetchBoards(page({ nonsense: true }), undefined)).toEqual([]);
  expect(await fetchBoards(() => Promise.reject(new TypeError('offline')), undefined)).toEqual([]);
  expect(defaultBoard([])).toBe('demo');
});

test('the periods of a board can be chosen, in their order, where it has any', () => {
  const boards = [
    { id: 'a', total: 1, windows: ['weekly', 'daily'] as const },
    { id: 'b', total: 1 },
  ];
  expect(periodsOf('a', boards).map(({ name }) => name)).toEqual(['a', 'a@daily', 'a@weekly']);
  expect(periodsOf('b', boards)).toEqual([]);
  expect(periodsOf('unknown', boards)).toEqual([]);
});
