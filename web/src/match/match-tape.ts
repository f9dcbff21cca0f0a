import type { MatchEvent } from '../../../protocol/match-events.ts';
import type { CricketDocument, Fixture } from '../../../protocol/matches.ts';
import { cricket } from '../../../scoring/cricket/cricket.ts';
import type { CricketChange, CricketState } from '../../../scoring/cricket/state.ts';
import { MatchFold } from '../../../scoring/match-fold.ts';

/** How a match of cricket went, over by over, which its document does not tell: folded here from its events. */

export interface OverTotal {
  /** From 1. */
  readonly over: number;
  /** Off the balls of this over. */
  readonly runs: number;
  readonly wickets: number;
  /** Of the innings, at its end. */
  readonly total: number;
  /** Overs bowled by then: 15.5 halfway through the sixteenth. */
  readonly bowled: number;
}

export interface InningsProgress {
  readonly number: number;
  readonly team: string;
  readonly superOver: boolean;
  readonly overs: readonly OverTotal[];
}

interface Growing extends Omit<InningsProgress, 'overs'> {
  readonly overs: OverTotal[];
}

export class MatchTape {
  readonly #match: string;
  readonly #fixture: Fixture;
  readonly #fold: MatchFold<CricketState, CricketChange, CricketDocument>;
  #innings: Growing[] = [];

  constructor(match: string, fixture: Fixture) {
    this.#match = match;
    this.#fixture = fixture;
    this.#fold = new MatchFold(cricket, match, fixture);
  }

  /** Events so far. */
  get count(): number {
    return this.#fold.count;
  }

  get innings(): readonly InningsProgress[] {
    return this.#innings;
  }

  /** Takes in the events that follow. A ball costs the same at the end of a match as at its start, a correction folds the match again. */
  take(events: readonly MatchEvent[]): void {
    const [only] = events;
    if (events.length === 1 && only !== undefined && !isCorrection(only)) {
      this.#fold.append(only);
      note(this.#innings, this.#fold.state);
    } else if (events.length > 0) {
      this.#fold.restore(events);
      this.#innings = this.#retrace();
    }
  }

  #retrace(): Growing[] {
    const state = cricket.begin(this.#match, this.#fixture);
    const innings: Growing[] = [];
    for (const { event } of this.#fold.play()) {
      cricket.apply(state, event);
      note(innings, state);
    }
    return innings;
  }
}

function note(progress: Growing[], state: CricketState): void {
  const innings = state.innings.at(-1);
  if (innings === undefined) return;
  const { number, side, superOver, over, runs } = innings;
  let known = progress[number - 1];
  if (known === undefined) {
    known = { number, team: state.teams[side] ?? '', superOver, overs: [] };
    progress.push(known);
  }
  if (over === undefined) return;
  const bowled = over.complete ? over.number + 1 : over.number + over.legalBalls / state.format.ballsPerOver;
  const told = { over: over.number + 1, runs: over.total, wickets: over.wickets, total: runs, bowled };
  if (known.overs.at(-1)?.over === told.over) known.overs.pop();
  known.overs.push(told);
}

function isCorrection(event: MatchEvent): boolean {
  return event.type === 'match' && (event.action === 'undo' || event.action === 'amend');
}
