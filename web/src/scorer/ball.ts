import type { Delivery, Wicket, WicketKind } from '../../../protocol/match-events.ts';

/** From what a scorer taps to the ball as it is published. */

export type RunsOf = 'bat' | 'byes' | 'legbyes';

/** What is tapped before the runs. */
export interface Kind {
  readonly wide: boolean;
  readonly noBall: boolean;
  /** Whose runs they are that were run. On a wide all are wides. */
  readonly runsOf: RunsOf;
}

export const FAIR_BALL: Kind = { wide: false, noBall: false, runsOf: 'bat' };

export interface Ball extends Kind {
  /** Off the bat, or run; on a wide those besides the wide itself. */
  readonly runs: number;
  /** Four or six of the bat were run. */
  readonly allRun?: boolean;
  readonly wicket?: Wicket;
}

export interface Crease {
  readonly striker: string;
  readonly nonStriker: string;
  readonly bowler: string;
  /** Whom the bowler takes over from, within the over. */
  readonly relieved?: string | undefined;
}

export function deliveryOf({ wide, noBall, runsOf, runs, allRun, wicket }: Ball, crease: Crease): Delivery {
  const { striker, nonStriker, bowler, relieved } = crease;
  const ofBat = !wide && runsOf === 'bat' ? runs : 0;
  const extras = {
    ...(wide ? { wides: 1 + runs } : {}),
    ...(noBall ? { noballs: 1 } : {}),
    ...(!wide && runsOf !== 'bat' && runs > 0 ? { [runsOf]: runs } : {}),
  };
  const sum = Object.values(extras).reduce((total, each) => total + each, 0);
  return {
    batter: striker,
    bowler,
    non_striker: nonStriker,
    runs: {
      batter: ofBat,
      extras: sum,
      total: ofBat + sum,
      ...(allRun && (ofBat === 4 || ofBat === 6) ? { non_boundary: true } : {}),
    },
    ...(sum > 0 ? { extras } : {}),
    ...(wicket === undefined ? {} : { wickets: [wicket] }),
    ...(relieved === undefined ? {} : { replacements: { role: [{ role: 'bowler', out: relieved }] } }),
  };
}

/** The other way round, for a ball that is corrected. Penalty runs and further wickets stay as they were. */
export function ballOf({ runs, extras = {}, wickets = [] }: Delivery): Ball {
  const { wides = 0, noballs = 0, byes = 0, legbyes = 0 } = extras;
  const runsOf = byes > 0 ? 'byes' : legbyes > 0 ? 'legbyes' : 'bat';
  const [wicket] = wickets;
  return {
    wide: wides > 0,
    noBall: noballs > 0,
    runsOf,
    runs: wides > 0 ? wides - 1 : runs.batter + byes + legbyes,
    ...(runs.non_boundary ? { allRun: true } : {}),
    ...(wicket === undefined ? {} : { wicket }),
  };
}

/** The ball as it should have been told, with what a scorer's form does not show as it was. */
export function corrected(old: Delivery, ball: Ball, crease: Crease, commentary: string): Delivery {
  const { commentary: _, extras: oldExtras, wickets = [], ...kept } = old;
  const told = deliveryOf(ball, crease);
  const penalty = oldExtras?.penalty ?? 0;
  const others = wickets.slice(1);
  const extras = { ...told.extras, ...(penalty > 0 ? { penalty } : {}) };
  const outs = [...(told.wickets ?? []), ...others];
  return {
    ...kept,
    ...told,
    runs: { ...told.runs, extras: told.runs.extras + penalty, total: told.runs.total + penalty },
    ...(Object.keys(extras).length > 0 ? { extras } : {}),
    ...(outs.length > 0 ? { wickets: outs } : {}),
    ...(commentary === '' ? {} : { commentary }),
  };
}

/** `No-ball, leg byes`; nothing for a fair ball off the bat. */
export function nameOfKind({ wide, noBall, runsOf }: Kind): string {
  if (wide) return 'Wide';
  const whose = { bat: '', byes: 'byes', legbyes: 'leg byes' }[runsOf];
  const parts = [...(noBall ? ['no-ball'] : []), ...(whose === '' ? [] : [whose])];
  const name = parts.join(', ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** To be read above the runs. */
export function explainKind(kind: Kind): string {
  if (kind.wide) return 'Wide, and runs that were run besides it:';
  return kind.runsOf === 'bat' && !kind.noBall
    ? 'Runs off the bat:'
    : `${nameOfKind(kind)}${kind.runsOf === 'bat' ? ', and runs off the bat' : ''}:`;
}

interface WicketWays {
  readonly label: string;
  /** Either batter may be out, and runs may have been completed. */
  readonly either?: boolean;
  readonly fielder?: boolean;
}

/** Wickets that fall with a ball, the common ones first. Those without one are retirements. */
export const WICKET_WAYS: Readonly<Partial<Record<WicketKind, WicketWays>>> = {
  bowled: { label: 'Bowled' },
  caught: { label: 'Caught', fielder: true },
  lbw: { label: 'LBW' },
  'run out': { label: 'Run out', either: true, fielder: true },
  stumped: { label: 'Stumped', fielder: true },
  'caught and bowled': { label: 'Caught & bowled' },
  'hit wicket': { label: 'Hit wicket' },
  'obstructing the field': { label: 'Obstructing', either: true },
  'hit the ball twice': { label: 'Hit twice' },
  'handled the ball': { label: 'Handled ball', either: true },
};
