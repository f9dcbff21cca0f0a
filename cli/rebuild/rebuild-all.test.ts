import { expect, it } from 'vitest';
import type { ApiReply } from '../import/server-api.ts';
import { RETRY_AFTER_MS, rebuildAll } from './rebuild-all.ts';

const ok = (body: unknown): ApiReply => ({ status: 200, body });
const right = (checked: number, corrected = 0) => ok({ checked, corrected, unsettled: 0, windows: [] });
const refused = (status: number, code: string): ApiReply => ({
  status,
  body: { code, detail: 'the reason' },
});

/** A server that answers each recomputation with what is next for its target. */
async function rebuild(answers: Record<string, ApiReply[]>, lists: Record<string, ApiReply> = {}) {
  const said: string[] = [];
  const complaints: string[] = [];
  const waits: number[] = [];
  const call = async (method: string, path: string, body?: unknown): Promise<ApiReply> => {
    if (method === 'GET') return lists[path] ?? ok({});
    const { target } = body as { target: string };
    return answers[target]?.shift() ?? refused(500, `unexpected ${target}`);
  };
  const isRight = await rebuildAll({
    api: { call },
    say: (line) => said.push(line),
    complain: (line) => complaints.push(line),
    wait: async (ms) => void waits.push(ms),
  });
  return { isRight, said, complaints, waits };
}

const BOARDS = '/v1/boards?limit=100';
const TOURNAMENTS = '/v1/tournaments?limit=100';
const two = { [BOARDS]: ok({ boards: [{ id: 'a' }, { id: 'b' }] }) };

it('recomputes every board of every page, and the tournaments that have started', async () => {
  const lists = {
    [BOARDS]: ok({ boards: [{ id: 'a' }], next: 'a' }),
    [`${BOARDS}&after=a`]: ok({ boards: [{ id: 'b' }] }),
    [TOURNAMENTS]: ok({
      tournaments: [
        { id: 'cup', status: 'started' },
        { id: 'soon', status: 'open' },
      ],
    }),
  };
  const cup = ok({ checked: 5, corrected: 0 });
  const done = await rebuild(
    { 'board:a': [right(2)], 'board:b': [right(3, 1)], 'tournament:cup': [cup] },
    lists,
  );
  expect(done).toMatchObject({ isRight: true, complaints: [] });
  expect(done.said).toEqual([
    'board:a: 2 checked, 0 corrected',
    'board:b: 3 checked, 1 corrected',
    'tournament:cup: 5 checked, 0 corrected',
    '3 boards and tournaments: 10 checked, 1 corrected',
  ]);
});

it('goes on after one that is refused, and tells it', async () => {
  const done = await rebuild({ 'board:a': [refused(409, 'conflict')], 'board:b': [right(1)] }, two);
  expect(done.isRight).toBe(false);
  expect(done.complaints).toEqual(['board:a: refused (conflict): the reason']);
  expect(done.said).toContain('board:b: 1 checked, 0 corrected');
});

it('passes over a board that was removed meanwhile', async () => {
  const done = await rebuild({ 'board:a': [refused(404, 'not_found')], 'board:b': [right(1)] }, two);
  expect(done).toMatchObject({ isRight: true, complaints: [] });
});

it('waits while the node is at another recomputation, but not for ever', async () => {
  const busy = refused(429, 'rate_limited');
  const done = await rebuild({ 'board:a': [busy, right(1)], 'board:b': [right(1)] }, two);
  expect(done).toMatchObject({ isRight: true, waits: [RETRY_AFTER_MS] });
  const hopeless = await rebuild({ 'board:a': new Array(1000).fill(busy), 'board:b': [right(1)] }, two);
  expect(hopeless.complaints).toEqual(['board:a: refused (rate_limited): the reason']);
});

it('is not right where members or windows could not be proved', async () => {
  const unsettled = ok({ checked: 2, corrected: 0, unsettled: 1, windows: [] });
  const windows = [{ window: 'daily.2026-11-20' }, { window: 'daily.2026-11-21', unprovable: 'too old' }];
  const done = await rebuild(
    { 'board:a': [unsettled], 'board:b': [ok({ checked: 1, corrected: 0, unsettled: 0, windows })] },
    two,
  );
  expect(done.isRight).toBe(false);
  expect(done.complaints).toEqual([
    'board:a: 1 members could not be set right; try again at a quieter time',
    'board:b: daily.2026-11-21: too old',
  ]);
});

it('rejects where the server does not tell what it has', async () => {
  const lists = { [BOARDS]: refused(401, 'unauthorized') };
  await expect(rebuild({}, lists)).rejects.toThrow('refused (unauthorized): the reason');
});
