import { describe, expect, test } from 'vitest';
import { MAX_MILLIONTHS } from '../scoring/fantasy/amount.ts';
import {
  cardsOf,
  change,
  chunk,
  chunksOf,
  points,
  scoreOf,
  TOURNAMENT,
  tailOf,
  teamOf,
} from './contests-support.contract.ts';
import { partitionOfBoard, partitionOfTournament } from './partitions.ts';
import {
  MAX_CONTEST_CHANGES,
  MAX_REGISTERED_TEAMS,
  MAX_TEAM_CHUNK_BYTES,
  type ScoreStore,
} from './score-store.ts';
import {
  apply,
  applyPart,
  type CreateStore,
  delta,
  NOTHING,
  openStores,
  part,
  readEntries,
  reject,
  settled,
  takeNames,
} from './support.contract.ts';

const MATCHES = [{ match: 'final', system: 'dream11-t20-2020' as const }];

export function contestsContract(createStore: CreateStore): void {
  describe('tournaments', () => {
    const open = openStores(createStore);

    async function started(settings = {}): Promise<ScoreStore> {
      const { store } = await open();
      await store.configureTournament(TOURNAMENT, settings, 1000);
      expect(await store.addTeams(TOURNAMENT, chunk(), 1000)).toEqual({ ok: true, registered: 2 });
      expect(await store.startTournament(TOURNAMENT, 1000)).toEqual({ ok: true, started: true });
      return store;
    }

    test('are as they were set last, for every client', async () => {
      const { store, connect } = await open();
      const other = await connect();
      expect(await store.readTournaments([TOURNAMENT, '__proto__'])).toEqual([undefined, undefined]);
      expect(await store.readTournaments([])).toEqual([]);
      expect(await store.configureTournament(TOURNAMENT, { title: 'Cup 🏏' }, 1000)).toEqual({
        ok: true,
        created: true,
      });
      for (const title of ['Final', 'Final']) {
        const verdict = await other.configureTournament(TOURNAMENT, { title }, 2000);
        expect(verdict).toEqual({ ok: true, created: false });
      }
      const seen = { settings: { title: 'Final' }, status: 'open', registered: 0 };
      expect(await store.readTournaments([TOURNAMENT])).toEqual([seen]);
      await store.configureTournament('__proto__', {}, 1000);
      expect(await store.listTournaments({ limit: 9 })).toEqual([
        { id: '__proto__', settings: {}, status: 'open', registered: 0 },
        { id: TOURNAMENT, ...seen },
      ]);
      expect(await store.listTournaments({ after: '__proto__', limit: 9 })).toHaveLength(1);
      expect(await store.listTournaments({ limit: 1 })).toHaveLength(1);
    });

    test('are the same however their settings were made', async () => {
      const { store } = await open();
      const bare = Object.assign(Object.create(null), { title: 'Cup' });
      expect(await store.configureTournament(TOURNAMENT, bare, 1000)).toMatchObject({ created: true });
      await store.configureTournament(TOURNAMENT, { title: 'Cup' }, 2000);
      const partition = partitionOfTournament(TOURNAMENT, store.partitions);
      expect(await readEntries(store, partition)).toHaveLength(1);
    });

    test('keep registered teams in pieces, in order, until they start', async () => {
      const { store, connect } = await open();
      const large = new Uint8Array(MAX_TEAM_CHUNK_BYTES).fill(7);
      await store.configureTournament(TOURNAMENT, {}, 1000);
      expect(await store.readTeamChunks(TOURNAMENT, 0)).toEqual({ chunks: [] });
      await store.addTeams(TOURNAMENT, chunk(), 1000);
      for (let n = 0; n < 4; n++) await store.addTeams(TOURNAMENT, chunk({ bytes: large, teams: 3 }), 1000);
      const verdict = await store.addTeams(TOURNAMENT, chunk({ bytes: Uint8Array.of(0, 255, 10) }), 1000);
      expect(verdict).toEqual({ ok: true, registered: 16 });
      const first = await store.readTeamChunks(TOURNAMENT, 0);
      expect([first.chunks.length, first.next]).toEqual([5, 5]);
      const all = await chunksOf(await connect());
      expect(all.map((bytes) => bytes.length)).toEqual([3, ...Array(4).fill(large.length), 3]);
      expect([all[0], all[5]]).toEqual([
        [1, 2, 3],
        [0, 255, 10],
      ]);
      expect(await store.startTournament(TOURNAMENT, 1000)).toEqual({ ok: true, started: true });
      expect(await store.startTournament(TOURNAMENT, 1000)).toEqual({ ok: true, started: false });
      expect(await store.addTeams(TOURNAMENT, chunk(), 1000)).toMatchObject({ ok: false, code: 'conflict' });
      expect(await store.readTournaments([TOURNAMENT])).toEqual([
        { settings: {}, status: 'started', registered: 16 },
      ]);
    });

    test('are removed with their teams and points, started or not, and may come again', async () => {
      const store = await started();
      const partition = partitionOfTournament(TOURNAMENT, store.partitions);
      await apply(store, [points('ann', 1000)]);
      await store.putTeam(TOURNAMENT, change('late', { ann: 1000 }), 1000);
      const before = await store.readContestTail(TOURNAMENT, 0);
      const logged = (await readEntries(store, partition)).length;
      await takeNames(store);
      expect(await store.removeTournament(TOURNAMENT, 2000)).toBe(true);
      expect(await store.removeTournament(TOURNAMENT, 2000)).toBe(false);
      expect(await takeNames(store)).toEqual({ [`tournament:${TOURNAMENT}`]: 2000 });
      const entries = (await readEntries(store, partition)).slice(logged);
      expect(entries).toMatchObject([{ kind: 'remove-tournament', at: 2000, tournament: TOURNAMENT }]);
      expect(await store.listTournaments({ limit: 9 })).toEqual([]);
      expect(await store.readContestTail(TOURNAMENT, 0)).toBeUndefined();
      expect(await store.readTeamChunks(TOURNAMENT, 0)).toEqual({ chunks: [] });
      expect((await apply(store, [points('ann', 1000)])).refused).toEqual([{ index: 0, code: 'not_found' }]);

      await store.configureTournament(TOURNAMENT, {}, 3000);
      const after = await store.readContestTail(TOURNAMENT, 0);
      expect(after).toMatchObject({
        status: 'open',
        registered: 0,
        chunks: 0,
        changes: 0,
        points: [],
        teams: [],
      });
      expect(after?.mark).not.toBe(before?.mark);
    });

    test('of which there are none refuse everything', async () => {
      const { store } = await open();
      expect(await store.addTeams(TOURNAMENT, chunk(), 1000)).toMatchObject({ ok: false, code: 'not_found' });
      expect(await store.startTournament(TOURNAMENT, 1000)).toEqual({ ok: false, code: 'not_found' });
      expect(await store.putTeam(TOURNAMENT, change('x', { ann: 1000 }), 1000)).toMatchObject({
        ok: false,
        code: 'not_found',
      });
      expect((await apply(store, [points('ann', 1000)])).refused).toEqual([{ index: 0, code: 'not_found' }]);
      expect(await store.readContestTail(TOURNAMENT, 0)).toBeUndefined();
      expect(await store.readTeamChunks(TOURNAMENT, 0)).toEqual({ chunks: [] });
      expect(await readEntries(store, partitionOfTournament(TOURNAMENT, store.partitions))).toEqual([]);
    });

    test('keep the latest points of each player', async () => {
      const store = await started();
      const batch = [points('ann', 1500), points('__proto__', -250), points('ann', 4000), points('bob', 0)];
      expect((await apply(store, batch)).refused).toEqual([]);
      expect(await tailOf(store)).toEqual({
        ...{ settings: {}, status: 'started', registered: 2, chunks: 1, changes: 3, reached: 3, teams: [] },
        points: [
          ['__proto__', -250],
          ['ann', 4000],
        ],
      });
      await apply(store, [points('ann', 4000), points('bob', -0), points('ann', 4001), points('ann', 4000)]);
      // Whatever went there and back is told as it is.
      expect((await tailOf(store, 3))?.points).toEqual([['ann', 4000]]);
      await apply(store, [points('ann', 0)]);
      expect((await tailOf(store, 5))?.points).toEqual([['ann', 0]]);
    });

    test('take points before the start too', async () => {
      const { store } = await open();
      await store.configureTournament(TOURNAMENT, {}, 1000);
      expect((await apply(store, [points('ann', 1500)])).refused).toEqual([]);
      expect((await tailOf(store))?.points).toEqual([['ann', 1500]]);
    });

    test('say who plays, where that was said', async () => {
      const players = ['ann', 'bob'];
      const { store } = await open();
      await store.configureTournament(TOURNAMENT, { players }, 1000);
      const refused = { ok: false, code: 'not_found' };
      expect(await store.addTeams(TOURNAMENT, chunk({ players: ['ann', 'eve'] }), 1000)).toMatchObject(
        refused,
      );
      // Nobody is bound by them yet.
      await store.configureTournament(TOURNAMENT, { players: ['bob', 'cem', 'ann'] }, 1000);
      await store.configureTournament(TOURNAMENT, { players }, 1000);
      expect((await apply(store, [points('cem', 1), points('ann', 1)])).refused).toEqual([
        { index: 0, code: 'not_found' },
      ]);
      await store.addTeams(TOURNAMENT, chunk(), 1000);
      const conflict = { ok: false, code: 'conflict', message: expect.any(String) };
      expect(await store.configureTournament(TOURNAMENT, { players: ['ann', 'eve'] }, 1000)).toEqual(
        conflict,
      );
      expect(await store.configureTournament(TOURNAMENT, { players: ['eve', 'bob', 'ann'] }, 1000)).toEqual({
        ok: true,
        created: false,
      });
      await store.startTournament(TOURNAMENT, 1000);
      expect(await store.putTeam(TOURNAMENT, change('x', { zoe: 1000 }), 1000)).toMatchObject(refused);
      expect(await store.putTeam(TOURNAMENT, change('x', { eve: 1000 }), 1000)).toMatchObject({ ok: true });
      expect((await apply(store, [points('eve', 5), points('ann', 6)])).refused).toEqual([]);
      // Who may play can be opened, but not closed any more.
      expect(await store.configureTournament(TOURNAMENT, {}, 1000)).toMatchObject({ ok: true });
      expect(await store.configureTournament(TOURNAMENT, { players }, 1000)).toEqual(conflict);
      expect((await apply(store, [points('zoe', 5)])).refused).toEqual([]);
      expect(new Map((await tailOf(store))?.points)).toEqual(
        new Map([
          ['ann', 6],
          ['eve', 5],
          ['zoe', 5],
        ]),
      );
    });

    test('that name ten thousand players know each of them', async () => {
      const { store } = await open();
      const players = Array.from({ length: 10_000 }, (_, n) => `player ${n}`);
      await store.configureTournament(TOURNAMENT, { players }, 1000);
      const said = [points('player 0', 1), points('player 9999', 2), points('player 10000', 3)];
      expect((await apply(store, said)).refused).toEqual([{ index: 2, code: 'not_found' }]);
      await store.addTeams(TOURNAMENT, chunk({ players }), 1000);
      const more = [...players, 'player 10000'];
      expect(await store.configureTournament(TOURNAMENT, { players: more }, 1000)).toMatchObject({
        ok: true,
      });
      expect((await apply(store, said)).refused).toEqual([]);
    });

    test('that have matches take points of these only, others only those that are posted', async () => {
      const store = await started({ matches: MATCHES });
      const refused = [{ index: 0, code: 'conflict' }];
      expect((await apply(store, [points('ann', 1)])).refused).toEqual(refused);
      expect((await apply(store, [points('ann', 1, { fed: true })])).refused).toEqual([]);
      await store.configureTournament(TOURNAMENT, {}, 1000);
      expect((await apply(store, [points('ann', 2, { fed: true })])).refused).toEqual(refused);
      expect((await apply(store, [points('ann', 3)])).refused).toEqual([]);
    });

    test('refuse points that are no whole thousandths', async () => {
      const store = await started();
      const wrong = [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((total) => points('ann', total));
      expect((await apply(store, wrong)).refused).toEqual(
        wrong.map((_, index) => ({ index, code: 'malformed' })),
      );
      expect(await tailOf(store)).toMatchObject({ changes: 0, points: [] });
    });

    test('refuse what could bring a score over 2^53 millionths, whatever comes first', async () => {
      const { store } = await open();
      const most = Math.floor(MAX_MILLIONTHS / 3000);
      const tooLarge = { ok: false, code: 'too_large' };
      await store.configureTournament(TOURNAMENT, {}, 1000);
      await apply(store, [points('ann', most)]);
      expect(await store.addTeams(TOURNAMENT, chunk({ heaviest: 3001 }), 1000)).toMatchObject(tooLarge);
      expect(await store.addTeams(TOURNAMENT, chunk({ heaviest: 3000 }), 1000)).toMatchObject({ ok: true });
      expect((await apply(store, [points('bob', most + 1), points('bob', -most)])).refused).toEqual([
        { index: 0, code: 'too_large' },
      ]);
      await store.startTournament(TOURNAMENT, 1000);
      const put = (bonus: number) => store.putTeam(TOURNAMENT, change('x', { cem: bonus }), 1000);
      expect(await put(3001)).toMatchObject(tooLarge);
      // A base counts too, and for ever: with this one there is room for no other.
      expect(await put(3000)).toEqual({ ok: true, outcome: 'added' });
      const late = change('y', { ann: 1 });
      expect(await store.putTeam(TOURNAMENT, late, 1000)).toMatchObject(tooLarge);
    });

    test('hold so many teams and no more', async () => {
      const store = await open().then(async ({ store: opened }) => {
        await opened.configureTournament(TOURNAMENT, {}, 1000);
        return opened;
      });
      const tooLarge = { ok: false, code: 'too_large' };
      await store.addTeams(TOURNAMENT, chunk({ teams: MAX_REGISTERED_TEAMS - 1 }), 1000);
      expect(await store.addTeams(TOURNAMENT, chunk(), 1000)).toMatchObject(tooLarge);
      await store.startTournament(TOURNAMENT, 1000);
      expect(await store.putTeam(TOURNAMENT, change('x', { ann: 1 }), 1000)).toMatchObject({ ok: true });
      expect(await store.putTeam(TOURNAMENT, change('y', { ann: 1 }), 1000)).toMatchObject(tooLarge);
      expect(await store.putTeam(TOURNAMENT, change('x', { bob: 1 }), 1000)).toMatchObject({ ok: true });
    });

    test('let a team keep what it has scored, and count its new cards from now on', async () => {
      const store = await started();
      await apply(store, [points('ann', 10_000), points('bob', 4000)]);
      const registered = cardsOf({ ann: 2000, bob: 1000 });
      const first = change('old', { bob: 1500, cem: 1000 }, { registered, leagues: ['b', 'a'] });
      expect(await store.putTeam(TOURNAMENT, first, 2000)).toEqual({ ok: true, outcome: 'replaced' });
      expect(await scoreOf(store, 'old')).toBe(24_000_000);
      await apply(store, [points('ann', 99_000), points('bob', 5000), points('cem', 1000)]);
      expect(await scoreOf(store, 'old')).toBe(24_000_000 + 1_500_000 + 1_000_000);

      // Its own record counts from then on, whatever else is said.
      const second = change('old', { ann: 1000 }, { registered });
      expect(await store.putTeam(TOURNAMENT, second, 2000)).toEqual({ ok: true, outcome: 'replaced' });
      expect(await scoreOf(store, 'old')).toBe(26_500_000);
      await apply(store, [points('ann', 98_000), points('bob', 0)]);
      expect(await scoreOf(store, 'old')).toBe(25_500_000);
      expect(await teamOf(store, 'old')).toMatchObject({ joined: 0, cards: second.cards, leagues: [] });
    });

    test('let teams come after the start, with nothing yet, in the order in which they came', async () => {
      const store = await started();
      await apply(store, [points('ann', 10_000)]);
      for (const team of ['zoe', '__proto__', 'amy']) {
        const verdict = await store.putTeam(TOURNAMENT, change(team, { ann: 1000 }), 2000);
        expect(verdict).toEqual({ ok: true, outcome: 'added' });
        expect(await scoreOf(store, team)).toBe(0);
      }
      expect(await store.putTeam(TOURNAMENT, change('zoe', { bob: 1000 }), 2000)).toEqual({
        ok: true,
        outcome: 'replaced',
      });
      expect(await store.putTeam(TOURNAMENT, change('zoe', { bob: 1000 }), 2000)).toEqual({
        ok: true,
        outcome: 'unchanged',
      });
      const tail = await tailOf(store, 2);
      expect(tail?.teams.map(({ team, joined }) => [team, joined])).toEqual([
        ['__proto__', 3],
        ['amy', 4],
        ['zoe', 2],
      ]);
      expect(tail?.changes).toBe(5);
    });

    test('refuse a change of one team before the start', async () => {
      const { store } = await open();
      await store.configureTournament(TOURNAMENT, {}, 1000);
      expect(await store.putTeam(TOURNAMENT, change('x', { ann: 1 }), 1000)).toMatchObject({
        ok: false,
        code: 'conflict',
      });
    });

    test('tell what has changed in turns, all of it, the latest of each', async () => {
      const store = await started();
      const players = Array.from({ length: MAX_CONTEST_CHANGES + 10 }, (_, n) => `p${n}`);
      for (let from = 0; from < players.length; from += 500) {
        await apply(
          store,
          players.slice(from, from + 500).map((player, n) => points(player, from + n + 1)),
        );
      }
      const first = await store.readContestTail(TOURNAMENT, 0);
      expect(first).toMatchObject({ reached: MAX_CONTEST_CHANGES, changes: players.length });
      // What changes meanwhile comes once more, at the end.
      await apply(store, [points('p0', 7777)]);
      await store.putTeam(TOURNAMENT, change('x', { p1: 1000 }), 1000);
      const second = await store.readContestTail(TOURNAMENT, first?.reached ?? 0);
      expect(second).toMatchObject({ reached: players.length + 2, changes: players.length + 2 });
      expect(second?.points.at(-1)).toEqual(['p0', 7777]);
      const all = new Map([...(first?.points ?? []), ...(second?.points ?? [])]);
      expect(all).toEqual(new Map(players.map((player, n) => [player, n === 0 ? 7777 : n + 1])));
      expect(second?.teams.map(({ team }) => team)).toEqual(['x']);
      expect(second?.mark).toBe(first?.mark);
    });

    test('settle points of a producer once, and remember what was refused', async () => {
      const store = await started();
      const partition = partitionOfTournament(TOURNAMENT, store.partitions);
      const operations = [
        points('ann', 1000),
        points('ann', 0.5),
        reject('forbidden'),
        NOTHING,
        points('bob', 5),
      ];
      const refused = [
        { index: 1, code: 'malformed' as const },
        { index: 2, code: 'forbidden' as const },
      ];
      expect(await applyPart(store, partition, part('p', 1, 1, operations))).toEqual(settled(0, refused));
      await apply(store, [points('ann', 3000)]);
      expect(await applyPart(store, partition, part('p', 1, 1, operations))).toEqual(settled(5, refused));
      expect((await tailOf(store))?.points).toEqual([
        ['bob', 5],
        ['ann', 3000],
      ]);
    });

    test('mark themselves dirty when somebody may see a change', async () => {
      const { store } = await open();
      const dirty = { [`tournament:${TOURNAMENT}`]: 1000 };
      const steps: (() => Promise<unknown>)[] = [
        () => store.configureTournament(TOURNAMENT, {}, 1000),
        () => store.addTeams(TOURNAMENT, chunk(), 1000),
        () => apply(store, [points('ann', 1)]),
        () => store.startTournament(TOURNAMENT, 1000),
        () => store.putTeam(TOURNAMENT, change('x', { ann: 1 }), 1000),
      ];
      for (const step of steps) {
        await step();
        expect(await takeNames(store)).toEqual(dirty);
        await step();
        if (step !== steps[1]) expect(await takeNames(store)).toEqual({});
      }
    });

    test('are in the log with what was done to them', async () => {
      const store = await started({ title: 'Cup' });
      const partition = partitionOfTournament(TOURNAMENT, store.partitions);
      const registered = cardsOf({ ann: 2000 });
      const replaced = change('old', { bob: 1 }, { registered, leagues: ['é'] });
      const board = boardBeside(store);
      await apply(store, [points('ann', 5), points('eve', 0.5), delta(board, 'ann', 1), points('🏏', -6)]);
      await apply(store, [points('eve', 0.5), points('x', 0.5), points('ann', Number.NaN), points('bob', 1)]);
      await store.putTeam(TOURNAMENT, replaced, 2000);
      await store.putTeam(TOURNAMENT, change('new', { ann: 3 }), 3000);
      const about = { tournament: TOURNAMENT };
      const entries = await readEntries(store, partition);
      expect(entries.map(({ from: _, to: __, at: ___, ...entry }) => entry)).toEqual([
        { kind: 'configure-tournament', ...about, settings: { title: 'Cup' } },
        { kind: 'add-teams', ...about, teams: 2 },
        { kind: 'start-tournament', ...about },
        { kind: 'batch', operations: [points('ann', 5), delta(board, 'ann', 1), points('🏏', -6)] },
        { kind: 'batch', operations: [points('bob', 1)] },
        { kind: 'put-team', ...about, change: replaced },
        { kind: 'put-team', ...about, change: change('new', { ann: 3 }) },
      ]);
      expect(entries.map(({ to }) => to)).toEqual([1, 2, 3, 6, 7, 8, 9]);
    });
  });
}

/** One in the same partition. */
function boardBeside({ partitions }: ScoreStore): string {
  for (let n = 0; ; n++) {
    const board = `x${n}`;
    if (partitionOfTournament(TOURNAMENT, partitions) === partitionOfBoard(board, partitions)) return board;
  }
}
