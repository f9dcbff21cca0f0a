import { expect, it } from 'vitest';
import { MAX_TEAM_CHUNK_BYTES, type TeamChunk } from '../../store/score-store.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { TeamUpload } from './team-upload.ts';

const NETWORK_BYTES = 16 * 1024;

async function* piecesOf(text: string): AsyncGenerator<Uint8Array, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += NETWORK_BYTES) yield bytes.subarray(at, at + NETWORK_BYTES);
}

/** What a store is given that takes everything. */
async function upload(lines: readonly string[]) {
  const taken: TeamChunk[] = [];
  let registered = 0;
  const addTeams = async (_tournament: string, chunk: TeamChunk) => {
    taken.push(chunk);
    registered += chunk.teams;
    return { ok: true, registered } as const;
  };
  const target = { tournament: 'cup', players: undefined };
  const teams = new TeamUpload({ store: { addTeams }, clock: createFakeClock() }, target);
  expect(await teams.take(piecesOf(lines.join('\n')))).toBeUndefined();
  return { taken, result: teams.result, sizes: taken.map(({ teams: count }) => count) };
}

const line = (team: string, players: readonly string[]): string =>
  JSON.stringify({ team, cards: players.map((player) => ({ player, bonus: 1 })) });

it('puts thousands of teams into a piece, however they are cut on their way', async () => {
  const lines = Array.from({ length: 9000 }, (_, n) => line(`team ${n}`, [`p ${n % 40}`, `q ${n % 7}`]));
  const { result, sizes } = await upload(lines);
  expect(result).toEqual({ lines: 9000, accepted: 9000, rejected: [], omitted: 0 });
  expect(sizes.length).toBeLessThanOrEqual(5);
  expect(sizes.reduce((sum, count) => sum + count, 0)).toBe(9000);
});

it('has a piece taken in parts that a store would find too long', async () => {
  const lines = Array.from({ length: 300 }, (_, n) =>
    line(
      `team ${n}`,
      Array.from({ length: 50 }, (_, card) => `${n} ${card} `.padEnd(128, 'x')),
    ),
  );
  const { result, taken, sizes } = await upload(lines);
  expect(result).toEqual({ lines: 300, accepted: 300, rejected: [], omitted: 0 });
  expect(Math.max(...taken.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(MAX_TEAM_CHUNK_BYTES);
  expect(sizes.length).toBeGreaterThan(4);
});

it('numbers the lines of all pieces in one row, bad ones and those that are too long included', async () => {
  const bad: number[] = [];
  const lines = Array.from({ length: 7000 }, (_, n) => {
    if (n % 1000 !== 500) return line(`team ${n}`, ['p']);
    bad.push(n + 1);
    return n % 2000 === 500 ? 'nonsense' : 'x'.repeat(70_000);
  });
  const { result } = await upload(lines);
  expect(result).toMatchObject({ lines: 7000, accepted: 6993 });
  expect(result.rejected.map((each) => each.line)).toEqual(bad);
});
