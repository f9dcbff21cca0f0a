import { expect, test } from 'vitest';
import { CardKinds } from './card-kinds.ts';
import { LateTeams } from './late-teams.ts';
import { Players } from './players.ts';
import { Scores } from './scores.ts';
import { Teams } from './teams.ts';

test('a score that is off by a millionth is found, told and corrected, and the others stay', () => {
  const parts = { players: new Players(), kinds: new CardKinds(), teams: new Teams(), late: new LateTeams() };
  const player = parts.players.intern('kohli');
  for (const [name, bonus] of [
    ['ann', 1500],
    ['bob', 1],
    ['cem', 7],
  ] as const) {
    // biome-ignore format: a table
    const place = parts.teams.names.intern(name);
    parts.teams.write(place, { cards: [parts.kinds.intern(player, bonus)], leagues: [] }, 0);
  }
  const scores = new Scores(parts);
  scores.build();
  parts.players.want(player, 3000);
  scores.settle(false);
  expect([...scores.column]).toEqual([4_500_000, 3000, 21_000]);
  expect(scores.recompute()).toBe(0);

  const before = scores.version;
  scores.column[1] = 3001;
  const told: number[][] = [];
  expect(scores.recompute((...difference) => told.push(difference))).toBe(1);
  expect(told).toEqual([[1, 3001, 3000]]);
  expect([...scores.column]).toEqual([4_500_000, 3000, 21_000]);
  expect(scores.version).not.toBe(before);
});

test('a swing of more than 2^53 millionths is as exact as the scores at its ends', () => {
  const parts = { players: new Players(), kinds: new CardKinds(), teams: new Teams(), late: new LateTeams() };
  const [bonus, most] = [1001, Math.floor(Number.MAX_SAFE_INTEGER / 1001)];
  const player = parts.players.intern('kohli');
  parts.teams.write(
    parts.teams.names.intern('ann'),
    { cards: [parts.kinds.intern(player, bonus)], leagues: [] },
    0,
  );
  const scores = new Scores(parts);
  scores.build();
  for (const points of [most, -(most - 1), most - 1, -most, 1 - most, most]) {
    parts.players.want(player, points);
    scores.settle(false);
    expect(BigInt(scores.column[0] as number)).toBe(BigInt(points) * BigInt(bonus));
    expect(scores.recompute()).toBe(0);
  }
});
