/** The owner of a contest dies while points arrive: what readers and viewers see of it, with real processes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASK_AGAIN_MS } from '../../server/contests/contest-asker.ts';
import { type Installation, startInstallation } from '../support/cluster.ts';
import { ContestModel, type ModelTeam } from '../support/contest-model.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { adminToken, type RunningScorewire, request } from '../support/scorewire.ts';
import { seededRandom } from '../support/seeded-random.ts';

const TEAMS = 20_000;
const PLAYERS = Array.from({ length: 40 }, (_, n) => `player ${n}`);
const LEAGUE = 'league:cup:all';
/** Rounds of points and readings around each death. */
const ROUNDS = 40;
const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('a contest whose owner is killed', () => {
  const model = new ContestModel();
  const random = seededRandom(5);
  let house: Installation;
  let server: RunningScorewire;
  let token: string;
  let only: RunningScorewire;
  /** Readings that were refused, or had to wait for another owner. */
  let waited = 0;
  let right = 0;

  const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
    request(`${server.url}/v1/tournaments/${path}`, { token, ...options });
  const publish = async (): Promise<void> => {
    const player = PLAYERS[Math.floor(random() ** 2 * PLAYERS.length)] ?? '';
    const points = Math.floor(random() * 400_000) / 1000;
    model.setPoints(player, points);
    const event = { type: 'points', tournament: 'cup', player, points };
    expect(await house.publish(server, [event])).toBe(200);
  };
  /** What was acknowledged before is in it, or it is not there at all. */
  const look = async (): Promise<boolean> => {
    const offset = Math.floor(random() * TEAMS);
    const askedAt = performance.now();
    const answer = await request(`${server.url}/v1/tournaments/cup/leagues/all?offset=${offset}&limit=50`);
    if (answer.status === 503 || performance.now() - askedAt > ASK_AGAIN_MS) waited++;
    if (answer.status === 503) return false;
    expect(answer.status).toBe(200);
    const table = model.table('all');
    expect(answer.body).toEqual({ league: 'all', total: TEAMS, rows: table.slice(offset, offset + 50) });
    right++;
    return true;
  };

  beforeAll(async () => {
    [house, token] = await Promise.all([startInstallation({ TICK_MS: '100' }), adminToken()]);
    [server, only] = await Promise.all([house.server(), house.broadcaster()]);
    await waitUntil(async () => (await request(`${server.url}/readyz`)).status === 200, 'an owner');
    const teams = Array.from({ length: TEAMS }, (_, n): ModelTeam => {
      const cards = PLAYERS.filter(() => random() < 0.25).map((player) => ({
        player,
        bonus: (1000 + n) / 1000,
      }));
      return { team: `team ${n}`, cards: cards.length > 0 ? cards : [{ player: 'player 0', bonus: 1 }] };
    });
    for (const team of teams) model.register(team);
    expect(await call('cup', { method: 'PUT', body: {} })).toMatchObject({ status: 200 });
    const body = teams.map((team) => JSON.stringify(team)).join('\n');
    const upload = await call('cup/teams', { method: 'POST', body, headers: NDJSON });
    expect(upload).toMatchObject({ status: 200, body: { accepted: TEAMS } });
    expect((await call('cup/start', { method: 'POST', body: {} })).status).toBe(200);
  }, 120_000);
  afterAll(() => house?.stop());

  it('is unavailable or right, at every moment, and its viewers end with what is right', async () => {
    await waitUntil(look, 'the first page');
    const viewer = await connectRaw(server.socketUrl);
    await viewer.ask({ type: 'subscribe', channel: LEAGUE });
    // It is not known which of two owns the contest: both die, the second one while a third takes over from the first.
    const broadcasters = [only, await house.broadcaster()];
    for (const victim of broadcasters) {
      for (let round = 0; round < ROUNDS; round++) {
        if (round === ROUNDS / 4) {
          victim.process.signal('SIGKILL');
          await victim.process.exited;
        }
        if (round === ROUNDS / 2) await house.broadcaster();
        await publish();
        await look();
      }
      await waitUntil(look, 'a page after a death', 20_000);
    }
    expect(right).toBeGreaterThan(ROUNDS / 2);
    // The deaths were noticed: a lease outlives its owner by more than that.
    expect(waited).toBeGreaterThan(0);
    const top = model.table('all').slice(0, 100).map(({ team, score }) => [team, score]); // biome-ignore format: short
    await viewer.waitForState(LEAGUE, (state) => JSON.stringify(state) === JSON.stringify(top), 20_000);
    expect(viewer.violations).toEqual([]);
    const recomputed = await request(`${server.url}/v1/recompute`, {
      token,
      body: { target: 'tournament:cup' },
    });
    expect(recomputed.body).toMatchObject({ checked: TEAMS, corrected: 0 });
    viewer.close();
  }, 240_000);
});
