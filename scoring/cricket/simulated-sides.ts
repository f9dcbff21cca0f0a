import type { SeededRandom } from './seeded-random.ts';

/** Two sides that nobody has ever seen. */

export const PLAYERS = 11;
/** Keeps wicket. */
export const KEEPER = 5;
/** Players from here on bowl: an all-rounder, then the bowlers. */
const FIRST_BOWLER = 5;

const SURNAMES = [
  ...[
    'Abara',
    'Ashdown',
    'Banerji',
    'Barlow',
    'Castellan',
    'Chetty',
    'Corrigan',
    'Dalvi',
    'Drummell',
    'Ekanem',
  ],
  ...[
    'Fairweather',
    'Farouqi',
    'Gooden',
    'Gunatilleke',
    'Halloran',
    'Hosseini',
    'Inskip',
    'Jagpal',
    'Jessamy',
  ],
  ...[
    'Kerrigan',
    'Khattak',
    'Langton',
    'Lokuge',
    'Mahlangu',
    'Marchetti',
    'Nanavati',
    'Nkosana',
    'Oakeshott',
  ],
  ...[
    'Paranjpe',
    'Pemberley',
    'Quarrie',
    'Rahimi',
    'Rowntree',
    'Saldanha',
    'Sempleton',
    'Tamboli',
    'Thackray',
  ],
  ...['Umarji', 'Van Reenen', 'Vaidyan', 'Waverley', 'Wickrama', 'Xaba', 'Yallop', 'Zaveri', 'Zondeki'],
];
const TEAMS = [
  ...['Coastal Kings', 'Hill Rangers', 'River City', 'Northern Lights', 'Harbour Hawks', 'Desert Foxes'],
  ...['Island Mariners', 'Capital Crowns'],
];
const INITIALS = 'ABCDEGHJKLMNPRSTW';

export interface Sides {
  readonly teams: readonly [string, string];
  /** In batting order. */
  readonly squads: readonly [readonly string[], readonly string[]];
}

/** No two players have the same name. */
export function inventSides(random: SeededRandom, teams?: readonly [string, string]): Sides {
  const names = random
    .shuffled(SURNAMES)
    .slice(0, 2 * PLAYERS)
    .map((surname) => `${INITIALS[random.below(INITIALS.length)]} ${surname}`);
  const [home = '', away = ''] = random.shuffled(TEAMS);
  return { teams: teams ?? [home, away], squads: [names.slice(0, PLAYERS), names.slice(PLAYERS)] };
}

/** Those who bowl, all but the keeper. */
export function bowlersOf(squad: readonly string[]): string[] {
  return squad.filter((_, place) => place >= FIRST_BOWLER && place !== KEEPER);
}

/** How well he bats who comes in at this place, from 0: 1 for the best. */
export function skillAt(place: number): number {
  return place < 5 ? 1 : Math.max(0.3, 1 - (place - 4) * 0.13);
}
