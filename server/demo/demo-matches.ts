import type { ResultEvent, TrackEvent } from '../../protocol/events.ts';
import { demoMember } from './demo-scores.ts';

/**
 * Rock, paper, scissors among players who each have a favourite, so that some have the better of others and ratings drift apart. Pure: the
 * same random function gives the same games.
 */
export interface DemoMatches {
  /** The events of the next games: what both chose, and who won. */
  next(games: number): readonly (TrackEvent | ResultEvent)[];
}

/** As the stats handler `exrps` reads them: each beats the one before it, and the first one the last. */
const WEAPONS = ['0', '1', '2'] as const;
/** Chosen by who chose nothing in time, which loses. */
const NONE = 'null';
const FAVOURITE_CHANCE = 0.5;
const NONE_CHANCE = 0.02;

export function createDemoMatches(product: string, players: number, random: () => number): DemoMatches {
  const below = (count: number): number => Math.floor(random() * count);
  const choose = (player: number): string => {
    if (random() < NONE_CHANCE) return NONE;
    const weapon = random() < FAVOURITE_CHANCE ? player % WEAPONS.length : below(WEAPONS.length);
    return WEAPONS[weapon] ?? NONE;
  };
  const play = (): readonly (TrackEvent | ResultEvent)[] => {
    const one = below(players);
    const other = (one + 1 + below(players - 1)) % players;
    const choices = [choose(one), choose(other)] as const;
    const outcome = compare(...choices);
    const [winner, loser] = outcome < 0 ? [other, one] : [one, other];
    return [
      choice(product, one, choices[0]),
      choice(product, other, choices[1]),
      {
        type: 'result',
        product,
        winner: demoMember(winner),
        loser: demoMember(loser),
        ...(outcome === 0 ? { draw: true } : {}),
      },
    ];
  };
  return { next: (games) => Array.from({ length: games }, play).flat() };
}

function choice(product: string, player: number, data: string): TrackEvent {
  return { type: 'track', product, player: demoMember(player), event: 'select_weapon', data };
}

/** Positive where the first one wins, 0 for a draw. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  if (one === NONE || other === NONE) return one === NONE ? -1 : 1;
  return (Number(one) - Number(other) + WEAPONS.length) % WEAPONS.length === 1 ? 1 : -1;
}
