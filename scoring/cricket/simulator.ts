import type { ActionEvent, Delivery, MatchAction, PlayEvent, Wicket } from '../../protocol/match-events.ts';
import type { Fixture } from '../../protocol/matches.ts';
import { cricket } from './cricket.ts';
import { ballsLeft, mainInnings, superOvers, targetOf, totalOf } from './innings.ts';
import { nextOverNumber } from './overs.ts';
import { SeededRandom } from './seeded-random.ts';
import { type BallOutcome, simulateBall } from './simulated-ball.ts';
import { type SimulatedFormat, STYLES, type Style } from './simulated-format.ts';
import { bowlersOf, inventSides, KEEPER, type Sides, skillAt } from './simulated-sides.ts';
import type { CricketState, Innings } from './state.ts';

/** Matches that could have been played: for demonstrations, for load, and for tests of what must hold for any match. */

export interface SimulationOptions {
  /** The same seed is the same match. */
  readonly seed: number;
  readonly format?: SimulatedFormat;
  readonly teams?: readonly [string, string];
  /** The same one is the same players, in whatever match. Default: those of the seed. */
  readonly sidesSeed?: number;
  /** Of a match without a limit of overs: after how many of them it is drawn, if nobody has won. */
  readonly matchOvers?: number;
}

export interface Simulation {
  readonly fixture: Fixture;
  /** From the start to the end, one by one, so that a live match can be played at any pace. */
  readonly events: Iterable<PlayEvent>;
}

export function simulateMatch(match: string, options: SimulationOptions): Simulation {
  const { seed, format = 'T20', teams, sidesSeed, matchOvers = STYLES[format].matchOvers } = options;
  const random = new SeededRandom(seed);
  const style = { ...STYLES[format], ...(matchOvers === undefined ? {} : { matchOvers }) };
  const sides = inventSides(sidesSeed === undefined ? random : new SeededRandom(sidesSeed), teams);
  const fixture: Fixture = {
    sport: 'cricket',
    teams: [sides.teams[0], sides.teams[1]],
    squads: [[...sides.squads[0]], [...sides.squads[1]]],
    format: style.format,
  };
  return { fixture, events: new Play(match, fixture, { sides, style, random }).events() };
}

interface Parts {
  readonly sides: Sides;
  readonly style: Style;
  readonly random: SeededRandom;
}

const RETIREMENT = 0.0003;
const PENALTY = 0.0002;
const PENALTY_RUNS = 5;
const FOLLOW_ON_LEAD = 200;
/** A session of a long match. */
const SESSION_OVERS = 30;
const BREAKS = ['Lunch', 'Tea', 'Stumps'] as const;

class Play {
  readonly #match: string;
  readonly #state: CricketState;
  readonly #sides: Sides;
  readonly #style: Style;
  readonly #random: SeededRandom;
  /** How good the pitch is to bat on. */
  readonly #pitch: number;
  #oversPlayed = 0;

  constructor(match: string, fixture: Fixture, { sides, style, random }: Parts) {
    this.#match = match;
    this.#state = cricket.begin(match, fixture);
    this.#sides = sides;
    this.#style = style;
    this.#random = random;
    this.#pitch = 0.8 + 0.4 * random.next();
  }

  *events(): Generator<PlayEvent, void> {
    yield this.#act('start', {});
    const winner = this.#random.below(2);
    const bats = this.#random.happens(0.5);
    yield this.#act('toss', { winner: this.#team(winner), decision: bats ? 'bat' : 'field' });
    const first = bats ? winner : 1 - winner;
    if (this.#style.format.inningsPerSide === 2) yield* this.#long(first);
    else yield* this.#short(first);
    yield this.#act('end', {});
  }

  *#short(first: number): Generator<PlayEvent, void> {
    yield* this.#innings(first);
    yield* this.#innings(1 - first);
    let side = 1 - first;
    while (this.#state.outcome?.kind === 'tie' && this.#state.outcome.winner === undefined) {
      yield* this.#innings(side, true);
      yield* this.#innings(1 - side, true);
      side = 1 - side;
    }
  }

  *#long(first: number): Generator<PlayEvent, void> {
    yield* this.#innings(first);
    yield* this.#innings(1 - first);
    const behind = this.#lead(first);
    const isFollowOn = behind >= FOLLOW_ON_LEAD && this.#random.happens(0.6);
    const third = isFollowOn ? 1 - first : first;
    yield* this.#innings(third);
    yield* this.#innings(1 - third);
  }

  *#innings(side: number, superOver = false): Generator<PlayEvent, void> {
    if (this.#isOver() && !superOver) return;
    yield this.#act('innings', { team: this.#team(side), ...(superOver ? { superOver } : {}) });
    const innings = this.#present();
    while (innings.end === undefined && !this.#isOver()) {
      yield* this.#over(innings);
      if (innings.end === undefined && this.#declares(innings)) yield this.#act('declare', {});
      else if (innings.end === undefined) yield* this.#interval();
    }
  }

  *#over(innings: Innings): Generator<PlayEvent, void> {
    const number = nextOverNumber(innings);
    const bowler = this.#chooseBowler(innings);
    do {
      yield* this.#between(innings);
      if (innings.end !== undefined) return;
      yield this.#ball(innings, number, bowler);
    } while (innings.end === undefined && !innings.over?.complete);
    if (!innings.superOver) this.#oversPlayed += 1;
  }

  /** Rare things that are no ball. */
  *#between(innings: Innings): Generator<PlayEvent, void> {
    const { striker, superOver, side } = innings;
    if (superOver || innings.over === undefined) return;
    if (this.#random.happens(PENALTY)) {
      yield this.#act('penalty', { team: this.#team(side), runs: PENALTY_RUNS });
    }
    if (striker === undefined || innings.end !== undefined || !this.#random.happens(RETIREMENT)) return;
    if (this.#waiting(innings).length > 1) {
      yield this.#act('retire', { player: striker, kind: 'retired hurt' });
    }
  }

  *#interval(): Generator<PlayEvent, void> {
    if (this.#style.matchOvers === undefined || this.#oversPlayed % SESSION_OVERS !== 0) return;
    if (this.#isOver()) return;
    const reason = BREAKS[(this.#oversPlayed / SESSION_OVERS - 1) % BREAKS.length] ?? BREAKS[0];
    yield this.#act('break', { reason });
    yield this.#act('resume', {});
  }

  #ball(innings: Innings, over: number, bowler: string): PlayEvent {
    const waiting = this.#waiting(innings);
    const batter = innings.striker ?? waiting.shift() ?? '';
    const non_striker = innings.nonStriker ?? waiting.shift() ?? '';
    const outcome = this.#outcome(innings, batter);
    const { extras = {}, nonBoundary } = outcome;
    const extra = Object.values(extras).reduce((sum, runs) => sum + runs, 0);
    const wickets = this.#wickets(innings, outcome, { batter, non_striker });
    const delivery: Delivery = {
      batter,
      bowler,
      non_striker,
      runs: {
        batter: outcome.batter,
        extras: extra,
        total: outcome.batter + extra,
        ...(nonBoundary ? { non_boundary: true } : {}),
      },
      ...(extra === 0 ? {} : { extras }),
      ...(wickets.length === 0 ? {} : { wickets }),
    };
    return this.#apply({ type: 'delivery', match: this.#match, innings: innings.number, over, delivery });
  }

  #outcome(innings: Innings, batter: string): BallOutcome {
    const target = targetOf(this.#state, innings);
    return simulateBall(this.#random, {
      style: this.#style,
      skill: this.#pitch * skillAt(this.#squad(innings.side).indexOf(batter)),
      risk: innings.superOver ? 2 : this.#risk(innings, target),
      ...(target === undefined ? {} : { needed: target - innings.runs }),
    });
  }

  /** As the rate that is asked for, or towards the end of the overs. */
  #risk(innings: Innings, target: number | undefined): number {
    const left = ballsLeft(this.#state, innings);
    if (left === undefined) return 1;
    const { ballsPerOver } = this.#state.format;
    if (target !== undefined) {
      const asked = ((target - innings.runs) * ballsPerOver) / Math.max(1, left);
      return Math.min(2.2, Math.max(0.8, (1.1 * asked) / this.#style.par));
    }
    const played = 1 - left / ((this.#style.format.overs ?? 1) * ballsPerOver);
    return played > 0.75 ? 1.5 : 0.95;
  }

  #wickets(
    innings: Innings,
    { wicket }: BallOutcome,
    { batter, non_striker }: { batter: string; non_striker: string },
  ): Wicket[] {
    if (wicket === undefined) return [];
    const { kind, isStriker } = wicket;
    const fielding = this.#squad(1 - innings.side);
    const keeper = fielding[KEEPER] ?? '';
    const anybody = this.#random.happens(0.3)
      ? keeper
      : (fielding[this.#random.below(fielding.length)] ?? '');
    const fielder = kind === 'stumped' ? keeper : anybody;
    const hasFielder = kind === 'caught' || kind === 'run out' || kind === 'stumped';
    return [
      {
        player_out: isStriker ? batter : non_striker,
        kind,
        ...(hasFielder ? { fielders: [{ name: fielder }] } : {}),
      },
    ];
  }

  /** Nobody bowls more than a fifth of the overs, and nobody on end. */
  #chooseBowler(innings: Innings): string {
    const { format } = this.#state;
    const all = bowlersOf(this.#squad(1 - innings.side));
    const { over, recentBowlers } = innings;
    const onEnd = [...(over === undefined ? [] : [over.bowlers]), ...recentBowlers];
    const last = onEnd.slice(0, format.consecutiveOvers);
    const mayBowl = all.filter(
      (name) => last.length < format.consecutiveOvers || !last.every((bowlers) => bowlers.includes(name)),
    );
    const most = format.overs === undefined ? Number.POSITIVE_INFINITY : Math.ceil(format.overs / 5);
    const isFresh = (name: string): boolean => (innings.bowlers.get(name)?.wholeOvers ?? 0) < most;
    const [first = all[0] ?? '', ...others] = mayBowl.some(isFresh) ? mayBowl.filter(isFresh) : mayBowl;
    return this.#random.pick([first, ...others]);
  }

  /** Those who may come in, the next one first; who retired comes back last. */
  #waiting(innings: Innings): string[] {
    const { batters, striker, nonStriker } = innings;
    const squad = this.#squad(innings.side).filter((name) => name !== striker && name !== nonStriker);
    const away = squad.filter((name) => batters.get(name)?.retired !== undefined);
    return [...squad.filter((name) => !batters.has(name)), ...away];
  }

  /** A side that is far enough ahead wants time to bowl the other out. */
  #declares({ side, runs, superOver }: Innings): boolean {
    const { matchOvers } = this.#style;
    if (matchOvers === undefined || superOver) return false;
    const main = mainInnings(this.#state);
    if (main.length === 4) return false;
    if (main.length === 3) return this.#lead(side) > 340 && this.#random.happens(0.1);
    return runs > 500 && this.#random.happens(0.05);
  }

  #lead(side: number): number {
    const main = mainInnings(this.#state);
    return totalOf(main, side) - totalOf(main, 1 - side);
  }

  /** The match is won, or its time is up. */
  #isOver(): boolean {
    const { outcome } = this.#state;
    if (superOvers(this.#state).length > 0) return outcome !== undefined;
    return outcome !== undefined || this.#oversPlayed >= (this.#style.matchOvers ?? Number.POSITIVE_INFINITY);
  }

  #present(): Innings {
    const innings = this.#state.innings.at(-1);
    if (innings === undefined) throw new Error('no innings has begun');
    return innings;
  }

  #team(side: number): string {
    return this.#sides.teams[side === 0 ? 0 : 1];
  }

  #squad(side: number): readonly string[] {
    return this.#sides.squads[side === 0 ? 0 : 1];
  }

  #act<A extends MatchAction>(
    action: A,
    fields: Omit<ActionEvent<A>, 'type' | 'match' | 'action'>,
  ): PlayEvent {
    return this.#apply({ type: 'match', match: this.#match, action, ...fields } as unknown as PlayEvent);
  }

  /** Nothing impossible is simulated, so a refusal is a mistake of ours. */
  #apply(event: PlayEvent): PlayEvent {
    const applied = cricket.apply(this.#state, event);
    if ('refused' in applied) throw new Error(`simulated what cannot be: ${applied.refused.message}`);
    return event;
  }
}
