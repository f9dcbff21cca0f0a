/** What docs/matches.md shows from start to finish is done here, so that it stays true. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadHandlers } from '../handlers-module.ts';
import type { MatchEvent } from '../protocol/match-events.ts';
import { beginMatch, createSports } from '../scoring/sports.ts';
import { MAX_MATCH_EVENT_BYTES, MAX_MATCH_EVENTS } from '../store/score-store.ts';
import { startHttpService } from './support/http-service.ts';

const text = readFileSync(new URL('../docs/matches.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'scorewire-sports-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the requests of the document about matches are answered as it says', async () => {
  const { call, admin } = await startHttpService();
  const commands = [...text.matchAll(/^curl (?:-X (\w+) )?http:\/\/[^/]+(\S+) .*\\\n\s+-d '([^']*)'$/gm)];
  expect(commands).toHaveLength(7);
  const answers = [];
  for (const [, method = 'POST', path = '', body = ''] of commands) {
    const reply = await call(method, path, { token: admin, body: JSON.parse(body) });
    expect(reply.status, `${path}: ${JSON.stringify(reply.body)}`).toBe(200);
    answers.push(reply.body);
  }
  expect(answers[4]).toEqual(JSON.parse(/last one answers `(.*?)`/.exec(text)?.[1] ?? ''));
  expect(answers[5]).toEqual({ applied: 1, duplicates: 0, rejected: [] });
  const { body } = await call('GET', '/v1/matches/final', { token: admin });
  expect(body).toMatchObject({
    events: 6,
    innings: { 1: { runs: 7, batting: { Ann: { runs: 7, sixes: 1 } } } },
  });
  expect((await call('POST', '/v1/matches/final/undo', { token: admin, body: {} })).status).toBe(200);
});

it('the limits in it are those that hold', () => {
  expect(text).toContain(`more than ${MAX_MATCH_EVENT_BYTES / 1024} KiB`);
  expect(text).toContain(`more than ${MAX_MATCH_EVENTS.toLocaleString('en')} events`);
});

it('the sport in it loads, and folds a match to its end', async () => {
  const file = join(folder, 'my-sports.mjs');
  writeFileSync(file, /```js\n(.*?)```/s.exec(text)?.[1] ?? '');
  const sports = createSports((await loadHandlers(file)).sports);
  const fold = beginMatch('m', { sport: 'table-tennis', teams: ['Ann', 'Bob'] }, sports);
  const act = (action: string, fields: object = {}) =>
    fold.append({ type: 'match', match: 'm', action, ...fields } as MatchEvent);
  const rally = (team: string) => act('score', { team, points: 1 });
  expect(rally('Ann')).toMatchObject({ refused: { code: 'conflict' } });
  expect(act('start')).toMatchObject({ n: 1, text: 'Play' });
  for (let i = 0; i < 10; i++) for (const team of ['Ann', 'Bob']) rally(team);
  expect(rally('Bob')).toMatchObject({ text: 'Bob, 10-11' });
  expect(rally('Bob')).toMatchObject({ text: 'Bob, 10-12, game' });
  expect(act('undo')).toMatchObject({ n: 24 });
  expect(fold.document()).toMatchObject({ games: ['10-11'], won: { Ann: 0, Bob: 0 }, status: 'live' });
  for (let i = 0; i < 23; i++) rally('Bob');
  expect(rally('Zoë')).toMatchObject({ refused: { code: 'not_found' } });
  expect(fold.document()).toMatchObject({
    ...{ games: ['10-12', '0-11', '0-11'], won: { Bob: 3 }, status: 'complete', events: 47 },
    result: { winner: 'Bob', text: 'Bob won' },
  });
  expect(rally('Ann')).toMatchObject({ refused: { message: 'The match is over' } });
  expect(fold.summary()).toMatchObject({ status: 'complete', scores: [{ text: '0' }, { text: '3' }] });
});
