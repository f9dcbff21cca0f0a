import type { Fixture, MatchDocument } from '../protocol/matches.ts';
import { cricket } from './cricket/cricket.ts';
import { generic } from './generic/generic.ts';
import { MatchFold } from './match-fold.ts';
import type { Refusal, Sport } from './sport.ts';

/** A sport of which only its name is known, as a match names it: its state is its own business. */
export type AnySport = Sport<unknown, unknown>;
export type AnyMatchFold = MatchFold<unknown, unknown, MatchDocument>;

/** Sports by name: those that come with scorewire, and those of the operator. */
export interface Sports {
  sport(name: string): AnySport | undefined;
  readonly names: readonly string[];
}

const BUILT_IN: readonly AnySport[] = [cricket, generic];

/** The sports that come with scorewire, and own ones beside them, which must have other names. */
export function createSports(own: Readonly<Record<string, AnySport>> = {}): Sports {
  const sports = new Map(BUILT_IN.map((sport) => [sport.name, sport]));
  for (const [name, sport] of Object.entries(own)) {
    // A match in progress would else be folded to another score.
    if (sports.has(name)) throw new Error(`"${name}" is a sport that comes with scorewire`);
    sports.set(name, sport);
  }
  return { sport: (name) => sports.get(name), names: [...sports.keys()] };
}

/** The sports of who has none of their own. */
export const BUILT_IN_SPORTS: Sports = createSports();

export function sportOf({ sport }: Pick<Fixture, 'sport'>, sports = BUILT_IN_SPORTS): AnySport | undefined {
  return sports.sport(sport);
}

/** What is wrong with a fixture beyond its schema, if anything. */
export function checkFixture(fixture: Fixture, sports = BUILT_IN_SPORTS): Refusal | undefined {
  const sport = sportOf(fixture, sports);
  if (sport !== undefined) return sport.checkFixture(fixture);
  const message = `There is no sport "${fixture.sport}", there are: ${sports.names.join(', ')}`;
  return { code: 'malformed', message };
}

/** A match before its first event. Throws where its sport is not known here, such as on a node without the operator's own ones. */
export function beginMatch(match: string, fixture: Fixture, sports = BUILT_IN_SPORTS): AnyMatchFold {
  const sport = sportOf(fixture, sports);
  if (sport === undefined) throw new Error(`this node has no sport "${fixture.sport}"`);
  return new MatchFold(sport, match, fixture);
}
