import type { Delivery, WicketKind } from '../../../protocol/match-events.ts';
import { checkDelivery } from '../../../scoring/cricket/check-delivery.ts';
import { explainWickets } from '../../../scoring/cricket/check-runs.ts';
import { openInnings } from '../../../scoring/cricket/innings.ts';
import { nextOverNumber, oversOfBowler } from '../../../scoring/cricket/overs.ts';
import type { Bowler, CricketState } from '../../../scoring/cricket/state.ts';
import { deliveryOf, FAIR_BALL, type Kind, WICKET_WAYS } from './ball.ts';

/** Who and what a scorer can choose from; what the rules hold for possible first. */

export interface Option {
  readonly name: string;
  /** Such as figures, or that he retired. */
  readonly detail?: string;
  /** Why the rules would refuse it. */
  readonly problem?: string;
}

/** Who can come in at an end where nobody is. `other` stands at the other end, or is chosen for it. */
export function batterOptions(state: CricketState, other: string | undefined): readonly Option[] {
  const innings = openInnings(state);
  if (innings === undefined) return [];
  const squad = squadOf(state, innings.side) ?? [...innings.batters.keys()];
  const isTaken = (name: string): boolean =>
    name === other || name === innings.striker || name === innings.nonStriker;
  const options = squad
    .filter((name) => !isTaken(name))
    .map((name) => {
      const known = innings.batters.get(name);
      const problem =
        known?.out !== undefined
          ? `${name} is out and cannot bat`
          : innings.absent.includes(name)
            ? `${name} is absent and cannot bat`
            : undefined;
      const detail =
        known === undefined ? undefined : `${known.retired ?? 'out'}, ${known.runs} (${known.balls})`;
      return optionOf(name, detail, problem);
    });
  return possibleFirst(options);
}

/** Who can bowl the next ball to these two; in relief of who has begun the over, where that is meant. */
export function bowlerOptions(
  state: CricketState,
  batters: { readonly striker: string; readonly nonStriker: string },
  relieved?: string,
): readonly Option[] {
  const innings = openInnings(state);
  if (innings === undefined) return [];
  const known = [...innings.bowlers.values()].reverse();
  const squad = squadOf(state, 1 - innings.side) ?? [];
  const names = [...new Set([...known.map(({ name }) => name), ...squad])].filter(
    (name) => name !== relieved,
  );
  const options = names.map((name) => {
    const bowler = innings.bowlers.get(name);
    const detail = bowler === undefined ? undefined : figuresOf(bowler, state.format.ballsPerOver);
    const delivery = deliveryOf({ ...FAIR_BALL, runs: 0 }, { ...batters, bowler: name, relieved });
    const over = nextOverNumber(innings);
    const probe = { type: 'delivery', match: state.match, innings: innings.number, over, delivery } as const;
    return optionOf(name, detail, checkDelivery(state, innings, probe)?.message);
  });
  return possibleFirst(options);
}

/** `4–0–23–1`: overs, maidens, runs, wickets. */
function figuresOf(bowler: Bowler, ballsPerOver: number): string {
  return [oversOfBowler(bowler, ballsPerOver), bowler.maidens, bowler.runs, bowler.wickets].join('–');
}

export interface WicketOption {
  readonly kind: WicketKind;
  readonly label: string;
  readonly problem?: string;
}

/** How somebody can be out off a ball of this kind. */
export function wicketOptions(kind: Kind): readonly WicketOption[] {
  const crease = { striker: 'a', nonStriker: 'b', bowler: 'c' };
  const options = Object.entries(WICKET_WAYS).map(([way, { label }]) => {
    const wicket = { kind: way as WicketKind, player_out: 'a' };
    const probe: Delivery = deliveryOf({ ...kind, runs: 0, wicket }, crease);
    const problem = explainWickets(probe);
    return { kind: wicket.kind, label, ...(problem === undefined ? {} : { problem }) };
  });
  return possibleFirst(options);
}

/** Who can have had a hand in a wicket; the bowler last, whose catch is another kind. */
export function fielderOptions(state: CricketState): readonly string[] {
  const innings = openInnings(state);
  if (innings === undefined) return [];
  const bowler = innings.over?.bowlers.at(-1);
  const fielders = new Map<string, number>();
  // Who has taken one before is likely to keep wicket.
  for (const each of state.innings) {
    if (each.side !== innings.side) continue;
    for (const { out } of each.batters.values()) {
      for (const name of out?.fielders ?? []) fielders.set(name, (fielders.get(name) ?? 0) + 1);
    }
  }
  const names = squadOf(state, 1 - innings.side) ?? [
    ...new Set([...fielders.keys(), ...innings.bowlers.keys()]),
  ];
  const weight = (name: string): number => (name === bowler ? -1 : (fielders.get(name) ?? 0));
  return [...names].sort((one, other) => weight(other) - weight(one));
}

export function squadOf({ squads }: CricketState, side: number): string[] | undefined {
  const squad = squads[side];
  return squad === undefined ? undefined : [...squad];
}

function optionOf(name: string, detail: string | undefined, problem: string | undefined): Option {
  return {
    name,
    ...(detail === undefined ? {} : { detail }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function possibleFirst<T extends { readonly problem?: string }>(options: readonly T[]): readonly T[] {
  return [
    ...options.filter(({ problem }) => problem === undefined),
    ...options.filter(({ problem }) => problem !== undefined),
  ];
}
