import type { ActionEvent, Delivery, MatchAction, PlayEvent } from '../../protocol/match-events.ts';
import type { CricketDocument, Fixture, InningsDocument } from '../../protocol/matches.ts';
import { cricket } from '../../scoring/cricket/cricket.ts';
import type { CricketChange, CricketState } from '../../scoring/cricket/state.ts';
import type { Refusal } from '../../scoring/sport.ts';

/** What differs from a ball without runs to who is on strike, by who bowls. */
export interface Ball {
  readonly batter?: string;
  readonly nonStriker?: string;
  readonly bowler?: string;
  /** Off the bat. */
  readonly runs?: number;
  readonly extras?: Delivery['extras'];
  readonly wickets?: Delivery['wickets'];
  readonly nonBoundary?: boolean;
  readonly replacements?: Delivery['replacements'];
  readonly over?: number;
  readonly innings?: number;
  readonly override?: boolean;
}

export const side = (letter: string, players = 11): string[] =>
  Array.from({ length: players }, (_, index) => `${letter}${index + 1}`);

export const fixtureOf = (format: Fixture['format'] = { overs: 20 }, squads = true): Fixture => ({
  sport: 'cricket',
  teams: ['Asia', 'Europe'],
  ...(squads ? { squads: [side('a'), side('e')] } : {}),
  format,
});

/**
 * Keeps the score of a match between Asia (a1 to a11) and Europe (e1 to e11). Who is not named is who would be there: the next batter
 * comes in for who is out, and two bowlers take turns.
 */
export class CricketScorer {
  readonly state: CricketState;
  readonly events: PlayEvent[] = [];

  constructor(fixture: Fixture = fixtureOf()) {
    this.state = cricket.begin('m', fixture);
  }

  get document(): CricketDocument {
    return { ...cricket.document(this.state), events: this.events.length };
  }

  /** The innings that was played last, as it is printed. */
  get innings(): InningsDocument {
    const found = this.document.innings[String(this.state.innings.length)];
    if (found === undefined) throw new Error('no innings has begun');
    return found;
  }

  act<A extends MatchAction>(
    action: A,
    fields: Omit<ActionEvent<A>, 'type' | 'match' | 'action'> = {} as never,
  ): CricketChange {
    return this.play({ type: 'match', match: 'm', action, ...fields } as unknown as PlayEvent);
  }

  begin(team: 'Asia' | 'Europe', fields: Partial<ActionEvent<'innings'>> = {}): this {
    this.act('innings', { ...fields, team });
    return this;
  }

  ball(ball: Ball = {}): CricketChange {
    return this.play(this.deliveryOf(ball));
  }

  balls(count: number, ball: Ball = {}): this {
    for (let index = 0; index < count; index += 1) this.ball(ball);
    return this;
  }

  play(event: PlayEvent): CricketChange {
    const applied = cricket.apply(this.state, event);
    if ('refused' in applied) throw new Error(`refused: ${applied.refused.message}`);
    this.events.push(event);
    return applied.change;
  }

  /** Why the event was refused; the state must be as it was. */
  refusal(event: PlayEvent): Refusal | undefined {
    const before = structuredClone(this.state);
    const applied = cricket.apply(this.state, event);
    if (!('refused' in applied)) return undefined;
    if (JSON.stringify(plain(before)) !== JSON.stringify(plain(this.state))) {
      throw new Error('a refused event has changed the state');
    }
    return applied.refused;
  }

  deliveryOf(ball: Ball): PlayEvent {
    const innings = this.state.innings.at(-1);
    const present = innings?.over;
    const over = ball.over ?? (present === undefined ? 0 : present.number + (present.complete ? 1 : 0));
    const ends = this.#ends(ball);
    const { wides = 0, noballs = 0, byes = 0, legbyes = 0, penalty = 0 } = ball.extras ?? {};
    const extras = wides + noballs + byes + legbyes + penalty;
    const runs = ball.runs ?? 0;
    return {
      type: 'delivery',
      match: 'm',
      innings: ball.innings ?? innings?.number ?? 1,
      over,
      delivery: {
        ...ends,
        bowler: ball.bowler ?? `${innings?.side === 0 ? 'e' : 'a'}${over % 2 === 0 ? 11 : 10}`,
        runs: {
          batter: runs,
          extras,
          total: runs + extras,
          ...(ball.nonBoundary ? { non_boundary: true } : {}),
        },
        ...(ball.extras === undefined ? {} : { extras: ball.extras }),
        ...(ball.wickets === undefined ? {} : { wickets: ball.wickets }),
        ...(ball.replacements === undefined ? {} : { replacements: ball.replacements }),
      },
      ...(ball.override ? { override: true } : {}),
    };
  }

  #ends({ batter, nonStriker }: Ball): { batter: string; non_striker: string } {
    const innings = this.state.innings.at(-1);
    const letter = innings?.side === 1 ? 'e' : 'a';
    const isIn = [innings?.striker, innings?.nonStriker, batter, nonStriker];
    const waiting = side(letter).filter((name) => !innings?.batters.has(name) && !isIn.includes(name));
    return {
      batter: batter ?? innings?.striker ?? waiting.shift() ?? '',
      non_striker: nonStriker ?? innings?.nonStriker ?? waiting.shift() ?? '',
    };
  }
}

/** Maps and sets as lists, so that they can be compared as text. */
function plain(value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
