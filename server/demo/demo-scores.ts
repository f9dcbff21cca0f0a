import type { ProfileEvent, ScoreEvent } from '../../protocol/events.ts';

/**
 * A plausible game for demonstrations: players of different skill collect points, and now and then somebody has a
 * streak, so that ranks really change. Pure: the same random function gives the same game.
 */
export interface DemoGame {
  profiles(): readonly ProfileEvent[];
  /** The next score changes; the players of a batch may repeat. */
  next(count: number): readonly ScoreEvent[];
}

const FIRST = [
  'Swift',
  'Lucky',
  'Neon',
  'Silent',
  'Crimson',
  'Cosmic',
  'Turbo',
  'Velvet',
  'Iron',
  'Mystic',
  'Solar',
  'Frost',
];
const SECOND = [
  'Otter',
  'Falcon',
  'Panda',
  'Lynx',
  'Mantis',
  'Raven',
  'Tiger',
  'Koala',
  'Viper',
  'Badger',
  'Heron',
  'Wolf',
];
const STREAK_CHANCE = 0.04;
const STREAK_FACTOR = 12;

export function createDemoGame(board: string, players: number, random: () => number): DemoGame {
  const members = Array.from({ length: players }, (_, i) => ({
    member: demoMember(i),
    name: demoName(i),
    skill: 0.4 + random() * 1.2,
  }));
  const pick = () => {
    // Whoever is drawn first out of two wins by skill, so that better players score more often as well as more.
    const a = members[Math.floor(random() * members.length)];
    const b = members[Math.floor(random() * members.length)];
    if (a === undefined || b === undefined) throw new Error('defect: a demonstration game without players');
    return random() * (a.skill + b.skill) < a.skill ? a : b;
  };
  return {
    profiles: () => members.map(({ member, name }) => ({ type: 'profile', member, name })),
    next: (count) =>
      Array.from({ length: count }, () => {
        const { member, skill } = pick();
        const streak = random() < STREAK_CHANCE ? STREAK_FACTOR : 1;
        return { type: 'score', board, member, delta: 5 * Math.ceil(random() * 6 * skill * streak) };
      }),
  };
}

/** Who plays on one board plays everywhere, under the same name. */
export function demoMember(index: number): string {
  return `player-${String(index + 1).padStart(3, '0')}`;
}

/** No two have the same one. */
export function demoName(index: number): string {
  const first = FIRST[index % FIRST.length];
  const second = SECOND[(index * 5 + Math.floor(index / FIRST.length)) % SECOND.length];
  const round = Math.floor(index / (FIRST.length * SECOND.length));
  return `${first} ${second}${round === 0 ? '' : ` ${round + 1}`}`;
}
