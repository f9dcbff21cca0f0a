import type { Delivery, WicketKind } from '../../protocol/match-events.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Style } from './simulated-format.ts';

/** What a ball brings, before it is known whose it is. */
export interface BallOutcome {
  readonly batter: number;
  readonly nonBoundary?: boolean;
  readonly extras?: NonNullable<Delivery['extras']>;
  readonly wicket?: { readonly kind: WicketKind; readonly isStriker: boolean };
}

export interface Situation {
  readonly style: Style;
  /** How well the batter bats: 1 for the best. */
  readonly skill: number;
  /** 1: as usual; more: he has to hit. */
  readonly risk: number;
  /** Runs that win the match: with the last of them it is over. */
  readonly needed?: number;
}

export function simulateBall(random: SeededRandom, situation: Situation): BallOutcome {
  const { style, skill, risk } = situation;
  const needed = situation.needed ?? Number.POSITIVE_INFINITY;
  const kind = random.weighted([
    ['bat', 1],
    ['wide', style.wide],
    ['no-ball', style.noBall],
    ['bye', style.bye],
    ['leg bye', style.legBye],
    ['wicket', (style.wicket * risk ** 1.3) / skill],
  ]);
  switch (kind) {
    case 'wide':
      return wide(random, needed);
    case 'no-ball':
      return { ...offTheBat(random, situation, needed - 1), extras: { noballs: 1 } };
    case 'bye':
      return { batter: 0, extras: { byes: ran(random, needed) } };
    case 'leg bye':
      return { batter: 0, extras: { legbyes: ran(random, needed) } };
    case 'wicket':
      return wicket(random, needed);
    default:
      return offTheBat(random, situation, needed);
  }
}

function wide(random: SeededRandom, needed: number): BallOutcome {
  const wides = Math.min(
    needed,
    random.weighted([
      [1, 0.93],
      [2, 0.03],
      [5, 0.04],
    ]),
  );
  const extras = { wides };
  return wides === 1 && needed > 1 && random.happens(0.01)
    ? { batter: 0, extras, wicket: { kind: 'stumped', isStriker: true } }
    : { batter: 0, extras };
}

function ran(random: SeededRandom, needed: number): number {
  return Math.min(
    needed,
    random.weighted([
      [1, 0.75],
      [2, 0.1],
      [4, 0.15],
    ]),
  );
}

/** A boundary counts in full; what is run ends with the run that wins. */
function offTheBat(random: SeededRandom, { style, skill, risk }: Situation, needed: number): BallOutcome {
  if (needed <= 0) return { batter: 0 };
  const hitting = risk * (0.4 + 0.6 * skill);
  const { none, one, two, three } = style.runs;
  const made = random.weighted([
    [0, none / hitting],
    [1, one],
    [2, two],
    [3, three],
    [4, style.four * hitting],
    [6, style.six * hitting],
    [5, 0.0004],
  ]);
  const isBoundary = (made === 4 && !random.happens(0.01)) || made === 6;
  if (isBoundary) return { batter: made };
  const batter = Math.min(made, needed);
  return batter === 4 ? { batter, nonBoundary: true } : { batter };
}

const KINDS = [
  ['caught', 0.57],
  ['bowled', 0.19],
  ['lbw', 0.13],
  ['run out', 0.06],
  ['caught and bowled', 0.03],
  ['stumped', 0.02],
  ['hit wicket', 0.002],
] as const;

function wicket(random: SeededRandom, needed: number): BallOutcome {
  const kind = random.weighted<WicketKind>(KINDS);
  if (kind !== 'run out') return { batter: 0, wicket: { kind, isStriker: true } };
  // Had they made the run that wins, nobody could be out any more.
  const batter = needed > 1 && random.happens(0.4) ? 1 : 0;
  return { batter, wicket: { kind, isStriker: random.happens(0.5) } };
}
