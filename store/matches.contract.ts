import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fixture } from '../protocol/matches.ts';
import { cricket } from '../scoring/cricket/cricket.ts';
import { foldMatch } from '../scoring/match-fold.ts';
import { CricketScorer, fixtureOf } from '../test/support/cricket-scorer.ts';
import {
  amend,
  append,
  FIXTURE,
  goal,
  ofMatch,
  pointsOf,
  readEvents,
  readMatch,
  undo,
} from './matches-support.contract.ts';
import { partitionOfMatch } from './partitions.ts';
import {
  type AppendOperation,
  MAX_MATCH_EVENT_BYTES,
  MAX_MATCH_EVENTS,
  type ScoreStore,
} from './score-store.ts';
import {
  apply,
  applyPart,
  type CreateStore,
  delta,
  openStores,
  part,
  positionOf,
  readEntries,
  readScores,
  result,
  settled,
  takeNames,
} from './support.contract.ts';

const UNKNOWN_MATCH = { code: 'not_found', message: 'There is no match "m"' };
const NOT_STARTED = { code: 'conflict', message: 'The match has not started' };

export function matchesContract(createStore: CreateStore): void {
  describe('matches', () => {
    const open = openStores(createStore);

    test('are as their events make them, for every client', async () => {
      const { store, connect } = await open();
      const other = await connect();
      expect(await store.readMatches(['m', '__proto__'])).toEqual([undefined, undefined]);
      expect(await store.readMatches([])).toEqual([]);
      expect(await store.configureMatch('m', FIXTURE, 1000)).toEqual({ ok: true, created: true });
      expect(await readMatch(other, 'm')).toMatchObject({
        fixture: FIXTURE,
        events: 0,
        document: { id: 'm', sport: 'generic', status: 'scheduled', events: 0, scores: { Ajax: 0, PSV: 0 } },
        feed: [],
      });
      await apply(store, [append('m', 'start'), goal('m'), goal('m', { team: 'PSV', points: 2 })]);
      await apply(other, [goal('m', { player: '🏏"\\' })]);
      for (const client of [store, other]) {
        const view = await readMatch(client, 'm');
        expect(view).toMatchObject({
          events: 4,
          document: { status: 'live', events: 4, scores: { Ajax: 2, PSV: 2 } },
        });
        expect(view?.feed.map(({ n, event }) => [n, event.type === 'match' && event.action])).toEqual([
          [1, 'start'],
          [2, 'score'],
          [3, 'score'],
          [4, 'score'],
        ]);
      }
    });

    test('of cricket are folded ball by ball, over several batches', async () => {
      const { store, connect } = await open();
      const scorer = new CricketScorer().begin('Asia').balls(20, { runs: 1 });
      scorer.ball({ runs: 6 });
      await store.configureMatch('m', fixtureOf(), 1000);
      const clients = [store, await connect()];
      for (const [index, event] of scorer.events.entries()) {
        const { refused } = await apply(clients[index % 3 === 0 ? 1 : 0] ?? store, [ofMatch(event)]);
        expect(refused).toEqual([]);
      }
      const fold = foldMatch(cricket, 'm', fixtureOf(), scorer.events);
      for (const client of clients) {
        expect(await readMatch(client, 'm')).toEqual({
          fixture: fixtureOf(),
          events: 22,
          document: fold.document(),
          feed: fold.feed(),
        });
      }
      expect(await store.listMatches({ limit: 1 })).toEqual([
        { id: 'm', fixture: fixtureOf(), summary: fold.summary() },
      ]);
    });

    test('that somebody has read do not change under him', async () => {
      const { store } = await open();
      await store.configureMatch('m', FIXTURE, 1000);
      await apply(store, [append('m', 'start'), goal('m')]);
      const seen = await readMatch(store, 'm');
      const before = structuredClone(seen);
      await apply(store, [goal('m'), undo('m'), goal('m', { points: 3 })]);
      await store.configureMatch('m', { ...FIXTURE, title: 'Another' }, 1000);
      expect(await readMatch(store, 'm')).not.toEqual(before);
      expect(seen).toEqual(before);
    });

    test('are read many at once, unknown ones and doubles among them', async () => {
      const { store } = await open();
      const ids = Array.from({ length: 40 }, (_, index) => `m${index}`);
      for (const [index, id] of ids.entries()) {
        await store.configureMatch(id, FIXTURE, 1000);
        await apply(store, [append(id, 'start'), goal(id, { points: index })]);
      }
      const asked = ['none', ...ids, 'm7', '__proto__'];
      const views = await store.readMatches(asked);
      expect(views.map((view) => view?.document.id)).toEqual(['x', ...ids, 'm7', 'x'].map(nameOf));
      expect(views[8]).toMatchObject({ document: { scores: { Ajax: 7 } } });
      expect(views[41]).toEqual(views[8]);
    });

    test('take what their sport takes, in order, and the rest is refused on its own with the reason', async () => {
      const { store } = await open({ partitions: 1 });
      expect(await apply(store, [append('m', 'start')])).toEqual({
        position: 0,
        refused: [{ index: 0, ...UNKNOWN_MATCH }],
      });
      await store.configureMatch('m', FIXTURE, 1000);
      const { position, refused } = await apply(store, [
        goal('m'),
        delta('b', 'ann', 1),
        append('m', 'start'),
        append('m', 'start'),
        append('none', 'start'),
        goal('m', { team: 'Feyenoord' }),
        goal('m'),
        append('m', 'toss', { winner: 'Ajax', decision: 'bat' }),
        goal('m'),
      ]);
      expect(position).toBe(5);
      expect(refused).toEqual([
        { index: 0, ...NOT_STARTED },
        { index: 3, code: 'conflict', message: 'The match has started already' },
        { index: 4, code: 'not_found', message: 'There is no match "none"' },
        { index: 5, code: 'not_found', message: 'Feyenoord do not play in this match' },
        { index: 7, code: 'malformed', message: expect.stringContaining('no "toss"') as unknown },
      ]);
      expect(await pointsOf(store, 'm')).toBe(2);
      expect(await readEvents(store, 'm')).toMatchObject({ events: 3 });
      expect(await readScores(store, 'b')).toEqual([['ann', 1]]);
    });

    test('take an event only after as many as it expects', async () => {
      const { store, connect } = await open();
      const other = await connect();
      await store.configureMatch('m', FIXTURE, 1000);
      const refused = (events: number, expected: number) => [
        { index: 0, code: 'conflict', message: `The match has had ${events} events, not ${expected}` },
      ];
      expect((await apply(store, [append('m', 'start', { expected: 1 })])).refused).toEqual(refused(0, 1));
      const two = [append('m', 'start', { expected: 0 }), goal('m', { expected: 1 })];
      expect((await apply(store, two)).refused).toEqual([]);
      expect((await apply(other, [goal('m', { expected: 1 })])).refused).toEqual(refused(2, 1));
      expect((await apply(other, [undo('m', 1)])).refused).toEqual(refused(2, 1));
      expect((await apply(other, [undo('m', 2)])).refused).toEqual([]);
      expect((await apply(store, [goal('m', { expected: 2 })])).refused).toEqual(refused(3, 2));
      expect(await readEvents(store, 'm', 0, 1)).toMatchObject({ events: 3 });
    });

    test('are corrected, also what another client has taken', async () => {
      const { store, connect } = await open();
      const other = await connect();
      await store.configureMatch('m', FIXTURE, 1000);
      await apply(store, [append('m', 'start'), goal('m'), goal('m', { points: 5 })]);
      await apply(other, [undo('m')]);
      expect(await pointsOf(store, 'm')).toBe(1);
      await apply(store, [amend('m', 2, goal('m', { points: 7 })), goal('m')]);
      expect(await pointsOf(other, 'm')).toBe(8);
      expect((await apply(other, [amend('m', 3, goal('m'))])).refused).toEqual([
        { index: 0, code: 'not_found', message: 'There is no event 3 that could be corrected' },
      ]);
      const view = await readMatch(other, 'm');
      expect(view?.events).toBe(6);
      expect(view?.feed.map(({ n }) => n)).toEqual([1, 2, 6]);
    });

    test('keep every event under its number, with its time', async () => {
      const { store } = await open();
      await store.configureMatch('m', FIXTURE, 1000);
      expect(await readEvents(store, 'm')).toEqual({ events: 0, records: [] });
      expect(await readEvents(store, 'none')).toBeUndefined();
      const odd = { player: '__proto__', text: '"é🏏\\ \u2028' };
      const operations = [append('m', 'start'), goal('m', odd), undo('m', 2), amend('m', 1, goal('m'))];
      await apply(store, operations.slice(0, 2), 1001);
      await apply(store, [append('m', 'resume'), ...operations.slice(2)], 1002.5);
      // That the match starts can't be replaced by a goal, since it has to start first.
      const records = operations
        .slice(0, 3)
        .map(({ event }, index) => ({ n: index + 1, at: index < 2 ? 1001 : 1002.5, event }));
      expect(await readEvents(store, 'm')).toEqual({ events: 3, records });
      expect(await readEvents(store, 'm', 1, 1)).toEqual({ events: 3, records: records.slice(1, 2) });
      expect(await readEvents(store, 'm', 0, 0)).toEqual({ events: 3, records: [] });
      expect(await readEvents(store, 'm', 3)).toEqual({ events: 3, records: [] });
      expect(await readEvents(store, 'm', 99)).toEqual({ events: 3, records: [] });
    });

    test('have another fixture until they begin, then only another title', async () => {
      const { store, connect } = await open({ partitions: 1 });
      const other = await connect();
      await store.configureMatch('m', FIXTURE, 1000);
      const squads: Fixture = { ...FIXTURE, squads: [['Berghuis'], []] };
      expect(await other.configureMatch('m', squads, 1000)).toEqual({ ok: true, created: false });
      expect(await other.configureMatch('m', structuredClone(squads), 1000)).toEqual({
        ok: true,
        created: false,
      });
      expect(await positionOf(store)).toBe(2);
      const stranger = goal('m', { player: 'Til' });
      expect((await apply(store, [append('m', 'start'), stranger])).refused).toMatchObject([
        { index: 1, code: 'not_found' },
      ]);
      const conflict = {
        ok: false,
        code: 'conflict',
        message: 'The match has begun: only its title can change',
      };
      expect(await other.configureMatch('m', FIXTURE, 1000)).toEqual(conflict);
      expect(await other.configureMatch('m', { ...squads, teams: ['Ajax', 'AZ'] }, 1000)).toEqual(conflict);
      const titled = { ...squads, title: 'The final' };
      expect(await other.configureMatch('m', titled, 1000)).toEqual({ ok: true, created: false });
      expect(await readMatch(store, 'm')).toMatchObject({
        fixture: titled,
        events: 1,
        document: { title: 'The final', status: 'live' },
      });
      expect((await apply(store, [goal('m', { player: 'Berghuis' })])).refused).toEqual([]);
      expect(await store.configureMatch('m', squads, 1000)).toEqual({ ok: true, created: false });
      expect(await readMatch(other, 'm')).toMatchObject({ events: 2, document: { title: 'Ajax v PSV' } });
      expect(await store.configureMatch('m', squads, 1000)).toEqual({ ok: true, created: false });
      expect(await positionOf(store)).toBe(6);
    });

    test.each([
      { fixture: { ...FIXTURE, sport: 'chess' }, why: 'There is no sport "chess"' },
      { fixture: { ...FIXTURE, teams: ['Ajax', 'Ajax'] }, why: 'Ajax cannot play against themselves' },
    ] as const)('are not made where their sport has no such fixture ($why)', async ({ fixture, why }) => {
      const { store } = await open({ partitions: 1 });
      expect(await store.configureMatch('m', fixture as unknown as Fixture, 1000)).toEqual({
        ok: false,
        code: 'malformed',
        message: expect.stringContaining(why) as unknown,
      });
      expect(await readMatch(store, 'm')).toBeUndefined();
      expect(await positionOf(store)).toBe(0);
    });

    test('are removed with their events, and are new when they come again', async () => {
      const { store, connect } = await open();
      const other = await connect();
      expect(await store.removeMatch('m', 1000)).toBe(false);
      await store.configureMatch('m', FIXTURE, 1000);
      await apply(store, [append('m', 'start'), goal('m')]);
      await apply(other, [goal('m')]);
      expect(await other.removeMatch('m', 1000)).toBe(true);
      expect(await other.removeMatch('m', 1000)).toBe(false);
      expect(await readMatch(store, 'm')).toBeUndefined();
      expect(await readEvents(store, 'm')).toBeUndefined();
      expect(await store.listMatches({ limit: 9 })).toEqual([]);
      expect((await apply(store, [goal('m')])).refused).toEqual([{ index: 0, ...UNKNOWN_MATCH }]);
      await other.configureMatch('m', FIXTURE, 1000);
      expect((await apply(store, [goal('m')])).refused).toEqual([{ index: 0, ...NOT_STARTED }]);
      // As many as there were: what was known of the match must not pass for what is.
      await apply(other, [append('m', 'start'), goal('m', { points: 2 }), goal('m', { points: 2 })]);
      expect(await pointsOf(store, 'm')).toBe(4);
      await apply(store, [undo('m')]);
      expect(await pointsOf(other, 'm')).toBe(2);
    });

    test('mark their name where they changed', async () => {
      const { store } = await open();
      await store.configureMatch('m', FIXTURE, 1500);
      expect(await takeNames(store)).toEqual({ 'match:m': 1500 });
      await store.configureMatch('m', FIXTURE, 1600);
      expect((await apply(store, [goal('m')], 1700)).refused).toHaveLength(1);
      expect(await takeNames(store)).toEqual({});
      await apply(store, [append('m', 'start')], 2000);
      await apply(store, [goal('m')], 1900);
      expect(await takeNames(store)).toEqual({ 'match:m': 1900 });
      await store.removeMatch('m', 2100);
      expect(await takeNames(store)).toEqual({ 'match:m': 2100 });
    });

    test('are in the log as they came, without what was refused', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureMatch('m', FIXTURE, 1001);
      await store.configureMatch('__proto__', FIXTURE, 1002);
      const taken = [
        append('m', 'start'),
        append('__proto__', 'start'),
        goal('m', { player: '🏏', text: '"\\' }),
        delta('b', 'ann', 1),
        undo('m'),
      ];
      const refused = [append('m', 'start'), goal('none'), append('m', 'resume')];
      await apply(store, [...taken.slice(0, 3), ...refused, ...taken.slice(3)], 1003);
      await apply(store, [goal('m'), ...refused, ...refused, ...refused], 1004);
      await store.removeMatch('m', 1005);
      expect(await readEntries(store)).toEqual([
        { kind: 'configure-match', from: 0, to: 1, at: 1001, match: 'm', fixture: FIXTURE },
        { kind: 'configure-match', from: 1, to: 2, at: 1002, match: '__proto__', fixture: FIXTURE },
        { kind: 'batch', from: 2, to: 7, at: 1003, operations: taken },
        { kind: 'batch', from: 7, to: 8, at: 1004, operations: [goal('m')] },
        { kind: 'remove-match', from: 8, to: 9, at: 1005, match: 'm' },
      ]);
    });

    test('take an event of a producer once, and its refusals stay without their reason', async () => {
      const { store, connect } = await open({ partitions: 1 });
      const other = await connect();
      await store.configureMatch('m', FIXTURE, 1000);
      const sent = part('p', 5, 1, [append('m', 'start'), append('m', 'start'), goal('m'), goal('m')]);
      const [refusal] = [{ index: 1, code: 'conflict' as const }];
      const message = 'The match has started already';
      expect(await applyPart(store, 0, sent)).toEqual(settled(0, [{ ...refusal, message }]));
      for (const client of [store, other, store]) {
        expect(await applyPart(client, 0, sent)).toEqual(settled(4, [refusal]));
      }
      const more = part('p', 5, 4, [goal('m'), goal('m'), undo('m'), goal('m')]);
      expect(await applyPart(other, 0, more)).toEqual(settled(1));
      expect(await applyPart(store, 0, part('p', 4, 9, [goal('m')]))).toEqual({ status: 'conflict' });
      expect(await pointsOf(store, 'm')).toBe(3);
    });

    test('are listed in byte order, page by page, with what they come to', async () => {
      const { store } = await open();
      const ids = ['-', '.', '0', '10', '2', 'A', 'Z', '_', '__proto__', 'a', 'aa', 'ab', 'b', 'zz'];
      for (const id of [...ids].reverse()) await store.configureMatch(id, FIXTURE, 1000);
      expect((await store.listMatches({ limit: 100 })).map(({ id }) => id)).toEqual(ids);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await store.listMatches(after === undefined ? { limit: 4 } : { after, limit: 4 });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 4) break;
      }
      expect(seen).toEqual(ids);
      expect(await store.listMatches({ after: 'zz', limit: 5 })).toEqual([]);
      await apply(store, [append('aa', 'start'), goal('aa', { points: 3 })]);
      await store.configureMatch('aa', { ...FIXTURE, title: 'Final' }, 1000);
      expect(await store.listMatches({ after: 'a', limit: 1 })).toEqual([
        {
          id: 'aa',
          fixture: { ...FIXTURE, title: 'Final' },
          summary: expect.objectContaining({ status: 'live' }) as unknown,
        },
      ]);
    });

    test('have an end to their events', async () => {
      const { store, connect } = await open();
      await store.configureMatch('m', FIXTURE, 1000);
      for (let count = 0; count < MAX_MATCH_EVENTS; count += 500) {
        const events = Array.from({ length: 500 }, () => append('m', 'note', { text: 'x' }));
        expect((await apply(store, events)).refused).toEqual([]);
      }
      for (const client of [store, await connect()]) {
        expect((await apply(client, [append('m', 'note', { text: 'x' }), undo('m')])).refused).toEqual([
          { index: 0, code: 'too_large', message: "A match can't have more than 20000 events" },
          { index: 1, code: 'too_large', message: "A match can't have more than 20000 events" },
        ]);
        expect(await readMatch(client, 'm')).toMatchObject({ events: MAX_MATCH_EVENTS });
      }
      expect((await readEvents(store, 'm', MAX_MATCH_EVENTS - 2))?.records.map(({ n }) => n)).toEqual([
        MAX_MATCH_EVENTS - 1,
        MAX_MATCH_EVENTS,
      ]);
    });

    test('never get an event that is too long', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureMatch('m', FIXTURE, 1000);
      const empty = JSON.stringify(append('m', 'note', { text: '' }).event).length;
      const note = (bytes: number) => append('m', 'note', { text: `é${'x'.repeat(bytes - empty - 2)}` });
      expect((await apply(store, [note(MAX_MATCH_EVENT_BYTES)])).refused).toEqual([]);
      const tooLong = [append('m', 'start'), note(MAX_MATCH_EVENT_BYTES + 1), goal('m')];
      await expect(apply(store, tooLong)).rejects.toThrow('defect');
      expect((await apply(store, [append('m', 'start', { expected: 1 })])).refused).toEqual([]);
    });

    test('outlive a sport that fails: what it could not take is refused on its own', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureMatch('m', { ...FIXTURE, sport: 'fragile' }, 1000);
      await store.configureMatch('other', FIXTURE, 1000);
      const failed = { code: 'malformed', message: 'The rules of "fragile" failed on this node' };
      const { refused } = await apply(store, [
        append('m', 'start'),
        append('other', 'start'),
        goal('m', { points: 13 }),
        goal('m', { points: 2 }),
        goal('m', { points: 14 }),
        goal('other'),
        goal('m', { points: 3 }),
      ]);
      expect(refused).toEqual([
        { index: 2, ...failed },
        { index: 4, ...failed },
      ]);
      expect(await pointsOf(store, 'm')).toBe(5);
      expect(await pointsOf(store, 'other')).toBe(1);
      expect(await readEvents(store, 'm')).toMatchObject({ events: 3 });
    });

    test('share a batch with results, which are refused where they are', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureMatch('m', FIXTURE, 1000);
      const operations = [
        result('b', 'ann', 'bob', { handler: 'winner-only' }),
        append('m', 'start'),
        result('b', 'ann', 'bob', { handler: 'unheard-of' }),
        goal('m', { expected: 9 }),
        result('b', 'ann', 'bob', { handler: 'winner-only' }),
        goal('m'),
      ];
      expect((await apply(store, operations)).refused.map(({ index, code }) => [index, code])).toEqual([
        [2, 'malformed'],
        [3, 'conflict'],
      ]);
      expect(await readScores(store, 'b')).toEqual([['ann', 2]]);
      expect(await pointsOf(store, 'm')).toBe(1);
    });

    test('that many clients write have every event once, as the log has them, and nothing impossible', async () => {
      const { store, connect } = await open({ partitions: 1 });
      const clients = [store, await connect(), await connect()];
      await store.configureMatch('m', FIXTURE, 1000);
      await apply(store, [append('m', 'start')]);
      // Each believes to be the next: of those who are told the same number one is right.
      const goals = Array.from({ length: 60 }, (_, index) => {
        const client = clients[index % clients.length] ?? store;
        const next = goal('m', { player: `p${index}`, ...(index % 2 === 0 ? {} : { expected: index }) });
        const pause = append('m', index % 4 === 0 ? 'break' : 'resume');
        return apply(client, index % 5 === 0 ? [next, pause] : [next]);
      });
      const verdicts = await Promise.all(goals);
      const events = await allEvents(store);
      const [, ...entries] = await readEntries(store);
      const logged = entries.flatMap((entry) => (entry.kind === 'batch' ? entry.operations : []));
      expect(logged).toEqual(events);
      const refused = verdicts.reduce((sum, verdict) => sum + verdict.refused.length, 0);
      expect(events.length).toBe(1 + 60 + 12 - refused);
      const players = events.flatMap(({ event }) =>
        event.type === 'match' && event.action === 'score' ? [event.player] : [],
      );
      expect(new Set(players).size).toBe(players.length);
      for (let index = 0; index < 60; index += 2) expect(players).toContain(`p${index}`);
      await expectPossible(clients, events);
    });

    test('in a batch are what they are one by one', async () => {
      const { store: together } = await open({ partitions: 1 });
      const { store: apart, connect } = await open({ partitions: 1 });
      const turns = [apart, await connect()];
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(eventArbitrary, { minLength: 1, maxLength: 20 }), async (drawn) => {
          run++;
          const ids = [`x${run}`, `y${run}`];
          for (const id of ids) {
            for (const store of [together, apart]) await store.configureMatch(id, FIXTURE, run);
          }
          const operations = drawn.map((operation) => {
            const match = `${operation.match}${run}`;
            return { ...operation, match, event: { ...operation.event, match } };
          });
          const whole = await apply(together, operations, run);
          const refused: unknown[] = [];
          for (const [index, operation] of operations.entries()) {
            const verdict = await apply(turns[index % 2] ?? apart, [operation], run);
            refused.push(...verdict.refused.map((refusal) => ({ ...refusal, index })));
          }
          expect(whole).toEqual({ position: await positionOf(apart), refused });
          expect(await together.readMatches(ids)).toEqual(await apart.readMatches(ids));
          expect(await together.listMatches({ limit: 100 })).toEqual(await apart.listMatches({ limit: 100 }));
          expect(await takeNames(together)).toEqual(await takeNames(apart));
        }),
        { numRuns: 25 },
      );
    });

    test('live in the partition of their name', async () => {
      const { store } = await open({ partitions: 7 });
      for (const match of ['m', 'n', '1082591']) {
        await store.configureMatch(match, FIXTURE, 1000);
        await apply(store, [append(match, 'start')]);
        expect(await positionOf(store, partitionOfMatch(match, 7))).toBeGreaterThanOrEqual(2);
      }
    });
  });
}

function nameOf(id: string): string | undefined {
  return id === 'x' ? undefined : id;
}

async function allEvents(store: ScoreStore): Promise<readonly AppendOperation[]> {
  const records = (await readEvents(store, 'm', 0, 1000))?.records ?? [];
  expect(records.map(({ n }) => n)).toEqual(records.map((_, index) => index + 1));
  return records.map(({ event }) => ofMatch(event));
}

/** One after the other they are all taken again, and give what every client reads. */
async function expectPossible(clients: readonly ScoreStore[], events: readonly AppendOperation[]) {
  const [store] = clients;
  const [view] = (await store?.readMatches(['m'])) ?? [];
  for (const client of clients) expect(await readMatch(client, 'm')).toEqual(view);
  await store?.removeMatch('m', 1000);
  await store?.configureMatch('m', FIXTURE, 1000);
  for (const event of events) expect((await apply(clients[0] as ScoreStore, [event])).refused).toEqual([]);
  for (const client of clients) expect(await readMatch(client, 'm')).toEqual(view);
}

const matchArbitrary = fc.constantFrom('x', 'y');
const eventArbitrary: fc.Arbitrary<AppendOperation> = fc.oneof(
  fc
    .tuple(matchArbitrary, fc.constantFrom('start' as const, 'break' as const, 'resume' as const))
    .map(([match, action]) => append(match, action)),
  fc
    .tuple(matchArbitrary, fc.integer({ min: 0, max: 2 }), fc.option(fc.nat({ max: 5 })))
    .map(([match, points, expected]) => goal(match, { points, ...(expected === null ? {} : { expected }) })),
  fc.tuple(matchArbitrary, fc.integer({ min: 1, max: 9 })).map(([match, n]) => amend(match, n, goal(match))),
  matchArbitrary.map((match) => undo(match)),
);
