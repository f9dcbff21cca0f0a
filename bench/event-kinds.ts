import type { ScorewireEvent } from '../protocol/events.ts';
import type { ProductSettings } from '../protocol/products.ts';
import { seededRandom } from '../test/support/seeded-random.ts';

/** Events of one kind, drawn at random. The first kind is what the others are compared with. */
export interface EventKind {
  readonly name: string;
  readonly draw: (random: () => number) => ScorewireEvent;
}

const PLAYERS = 10_000;
const ACTIVE_USERS = 100_000;
const MODES = 20;

const ELO: ProductSettings = { leaderboards: [{ handler: 'elo' }] };
/** Products that do not score by the defaults. */
export const PRODUCTS: Readonly<Record<string, ProductSettings>> = {
  elo: ELO,
  'elo-few': ELO,
  'elo-many': ELO,
};

export const EVENT_KINDS: readonly EventKind[] = [
  {
    name: 'score',
    draw: (random) => ({
      type: 'score',
      board: 'scores',
      member: player(random),
      delta: 1 + below(100, random),
    }),
  },
  { name: 'session, nobody else in the area', draw: (random) => session('empty', random) },
  { name: `session, ${ACTIVE_USERS} others active in the area`, draw: (random) => session('hot', random) },
  {
    name: 'track',
    draw: (random) => ({ type: 'track', product: 'wins', player: player(random), event: 'shot' }),
  },
  { name: 'result, wins', draw: (random) => result('wins', PLAYERS, random) },
  { name: 'result, elo', draw: (random) => result('elo', PLAYERS, random) },
  { name: 'result, elo, 100 players', draw: (random) => result('elo-few', 100, random) },
  { name: 'result, elo, 200000 players', draw: (random) => result('elo-many', 200_000, random) },
];

/** Who is in the hot area all the time. */
export function* activeUsers(): Iterable<ScorewireEvent> {
  for (let i = 0; i < ACTIVE_USERS; i++) {
    yield { type: 'session', area: 'hot', mode: `mode-${i % MODES}`, user: `stays-${i}`, action: 'LOGIN' };
  }
}

/** Always the same ones for the same kind. */
export function* eventsOf({ draw }: EventKind): Iterable<ScorewireEvent> {
  const random = seededRandom(1);
  for (;;) yield draw(random);
}

function session(area: string, random: () => number): ScorewireEvent {
  const action = random() < 0.5 ? 'LOGIN' : 'LOGOUT';
  return { type: 'session', area, mode: `mode-${below(MODES, random)}`, user: player(random), action };
}

function result(product: string, players: number, random: () => number): ScorewireEvent {
  const winner = below(players, random);
  const loser = (winner + 1 + below(players - 1, random)) % players;
  return { type: 'result', product, winner: `player-${winner}`, loser: `player-${loser}` };
}

function player(random: () => number): string {
  return `player-${below(PLAYERS, random)}`;
}

function below(end: number, random: () => number): number {
  return Math.floor(random() * end);
}
