import type { StatedResult } from '../../protocol/match-events.ts';
import type {
  Fixture,
  GenericDocument,
  MatchResult,
  MatchStatus,
  MatchSummary,
} from '../../protocol/matches.ts';
import { type Printed, type Refusal, refuse, type Sport } from '../sport.ts';
import { checkMeaning, checkMoment, GENERIC_ACTIONS, type GenericEvent, isGeneric } from './check.ts';
import { describeGeneric, printPoints } from './commentary.ts';
import type { GenericState } from './state.ts';

/** Any sport of two sides that score points: what it knows is what it is told. */
export const generic: Sport<GenericState, GenericEvent, GenericDocument> = {
  name: 'generic',
  checkFixture,
  begin,
  apply: (state, event) => {
    if (!isGeneric(event)) {
      const told = event.type === 'delivery' ? 'delivery' : event.action;
      return refuse(
        'malformed',
        `There is no "${told}" in this sport; there are: ${GENERIC_ACTIONS.join(', ')}`,
      );
    }
    const refused = checkMeaning(state, event) ?? (event.override ? undefined : checkMoment(state, event));
    if (refused !== undefined) return refused;
    perform(state, event);
    return { change: event };
  },
  document: print,
  summary: summarize,
  describe: (state, _event, change) => describeGeneric(state, change),
};

function checkFixture({ teams, format }: Fixture): Refusal | undefined {
  if (teams[0] === teams[1]) {
    return { code: 'malformed', message: `${teams[0]} cannot play against themselves` };
  }
  return format === undefined ? undefined : { code: 'malformed', message: 'Only cricket has a "format"' };
}

function begin(match: string, { teams, title, squads }: Fixture): GenericState {
  const squadOf = (side: 0 | 1): Set<string> | undefined =>
    squads === undefined || squads[side].length === 0 ? undefined : new Set(squads[side]);
  return {
    match,
    title: title ?? `${teams[0]} v ${teams[1]}`,
    teams,
    squads: [squadOf(0), squadOf(1)],
    points: [0, 0],
    players: [new Map(), new Map()],
    started: false,
    paused: false,
    period: undefined,
    clock: undefined,
    result: undefined,
    abandoned: false,
  };
}

function perform(state: GenericState, event: GenericEvent): void {
  switch (event.action) {
    case 'start':
      state.started = true;
      return;
    case 'score': {
      const side = state.teams[0] === event.team ? 0 : 1;
      state.points[side] += event.points;
      if (event.player === undefined) return;
      const players = state.players[side];
      players.set(event.player, (players.get(event.player) ?? 0) + event.points);
      return;
    }
    case 'period':
      state.started = true;
      state.paused = false;
      state.period = event.name;
      return;
    case 'clock':
      state.clock = { seconds: event.seconds, running: event.running };
      return;
    case 'break':
    case 'resume':
      state.paused = event.action === 'break';
      return;
    case 'end':
      if (state.clock?.running) state.clock = { ...state.clock, running: false };
      state.paused = false;
      state.abandoned = event.result?.kind === 'abandoned';
      state.result = resultOf(state, event.result ?? {});
  }
}

const WITHOUT_WINNER = {
  tie: 'Match tied',
  draw: 'Match drawn',
  'no result': 'No result',
  abandoned: 'Match abandoned',
} as const;

/** What is not told follows from the points. */
function resultOf({ teams, points }: GenericState, told: StatedResult): MatchResult {
  const [home, away] = points;
  const ahead = home === away ? undefined : teams[home > away ? 0 : 1];
  const winner = told.winner ?? (told.kind === undefined ? ahead : undefined);
  const how = told.method === undefined ? '' : ` (${told.method})`;
  if (winner === undefined) return { text: told.text ?? `${WITHOUT_WINNER[told.kind ?? 'draw']}${how}` };
  const own = points[teams[0] === winner ? 0 : 1];
  const text = told.text ?? `${winner} won ${own}–${home + away - own}${how}`;
  return { winner, text };
}

function statusOf({ result, abandoned, started, paused }: GenericState): MatchStatus {
  if (result !== undefined) return abandoned ? 'abandoned' : 'complete';
  if (!started) return 'scheduled';
  return paused ? 'break' : 'live';
}

function print(state: GenericState): Printed<GenericDocument> {
  const { match, title, teams, points, period, clock, result } = state;
  const players = teams.flatMap((team, side) => {
    const made = state.players[side];
    return made === undefined || made.size === 0 ? [] : [[team, Object.fromEntries(made)] as const];
  });
  return {
    id: match,
    sport: 'generic',
    title,
    status: statusOf(state),
    teams: [teams[0], teams[1]],
    ...(result === undefined ? {} : { result }),
    scores: Object.fromEntries([
      [teams[0], points[0]],
      [teams[1], points[1]],
    ]),
    ...(period === undefined ? {} : { period }),
    ...(clock === undefined ? {} : { clock }),
    ...(players.length === 0 ? {} : { players: Object.fromEntries(players) }),
  };
}

function summarize(state: GenericState): MatchSummary {
  const { result, started } = state;
  return {
    status: statusOf(state),
    ...(result === undefined ? {} : { result }),
    ...(started ? { scores: printPoints(state) } : {}),
  };
}
