/** Matches for the tests of stores, and sports that every store under test knows. */
import type { ActionEvent, MatchAction, MatchEvent } from '../protocol/match-events.ts';
import type { Fixture } from '../protocol/matches.ts';
import { generic } from '../scoring/generic/generic.ts';
import { createSports } from '../scoring/sports.ts';
import type { AppendOperation, MatchHistory, MatchView, ScoreStore } from './score-store.ts';

/** Fails half-way through a goal of 13 points, and can't tell of one of 14 that it has taken. */
const fragile: typeof generic = {
  ...generic,
  name: 'fragile',
  apply: (state, event) => {
    const applied = generic.apply(state, event);
    const isGoal = event.type === 'match' && event.action === 'score';
    if (isGoal && event.points === 13) throw new Error('unlucky');
    return applied;
  },
  describe: (state, event, change) => {
    if (change.action === 'score' && change.points === 14) throw new Error('speechless');
    return generic.describe(state, event, change);
  },
};

export const contractSports = createSports({ fragile });

export const FIXTURE: Fixture = { sport: 'generic', teams: ['Ajax', 'PSV'] };

type Fields<A extends MatchAction> = Omit<ActionEvent<A>, 'type' | 'match' | 'action'>;

export function append<A extends MatchAction>(match: string, action: A, fields?: Fields<A>): AppendOperation {
  return ofMatch({ type: 'match', match, action, ...fields } as MatchEvent);
}

export function goal(match: string, fields: Partial<Fields<'score'>> = {}): AppendOperation {
  return append(match, 'score', { team: 'Ajax', points: 1, ...fields });
}

export function undo(match: string, expected?: number): AppendOperation {
  return ofMatch({ type: 'match', match, action: 'undo', ...(expected === undefined ? {} : { expected }) });
}

export function amend(match: string, n: number, { event }: AppendOperation): AppendOperation {
  return ofMatch({ type: 'match', match, action: 'amend', n, event } as MatchEvent);
}

export function ofMatch(event: MatchEvent): AppendOperation {
  return { op: 'append', match: event.match, event };
}

export async function readMatch(store: ScoreStore, match: string): Promise<MatchView | undefined> {
  return (await store.readMatches([match]))[0];
}

/** The points of the first side, as they are told of a match that is there. */
export async function pointsOf(store: ScoreStore, match: string): Promise<unknown> {
  const document = (await readMatch(store, match))?.document;
  return document && 'scores' in document ? Object.values(document.scores as object)[0] : undefined;
}

export async function readEvents(
  store: ScoreStore,
  match: string,
  after = 0,
  limit = 100,
): Promise<MatchHistory | undefined> {
  return store.readMatchEvents(match, { after, limit });
}
