import type { Delivery, Wicket } from '../../protocol/match-events.ts';
import { isOut, isWithoutBall } from './crease.ts';
import type { Batter, CricketChange, CricketState } from './state.ts';
import { count, listed, scoreOf } from './words.ts';

/** How somebody was out: `Caught by Root`, `Run out by Root and Foakes`. */
export function howOut({ kind, fielders = [] }: Wicket): string {
  const names = fielders.map(({ name, substitute }) => {
    if (name === undefined) return substitute ? 'a substitute' : 'a fielder';
    return substitute ? `${name} (substitute)` : name;
  });
  const by = names.length === 0 ? '' : ` by ${listed(names)}`;
  switch (kind) {
    case 'lbw':
      return 'Leg before wicket';
    case 'caught':
    case 'stumped':
    case 'run out':
      return `${capital(kind)}${by}`;
    default:
      return capital(kind);
  }
}

/** What the wickets of a ball mean: who is out for how many, and who retires without being out. */
export function wicketsInWords(
  state: CricketState,
  { wickets = [] }: Delivery,
  change: CricketChange,
): string[] {
  const { innings } = change;
  if (innings === undefined) return [];
  const sentences = wickets.flatMap((wicket) => {
    const batter = innings.batters.get(wicket.player_out);
    if (batter === undefined) return [];
    return [isWithoutBall(wicket.kind) ? goes(batter, wicket) : dismissed(batter)];
  });
  return [...sentences, ...standing(state, change, wickets)];
}

/** Somebody goes between two balls. */
export function retirementInWords(state: CricketState, wicket: Wicket, change: CricketChange): string[] {
  const batter = change.innings?.batters.get(wicket.player_out);
  if (batter === undefined) return [`${wicket.player_out}: ${wicket.kind}`];
  return [goes(batter, wicket), ...standing(state, change, [wicket])];
}

/** Unless what follows tells it again. */
function standing(
  { teams }: CricketState,
  { innings, overEnded, inningsEnded }: CricketChange,
  wickets: readonly Wicket[],
): string[] {
  const isTold = overEnded !== undefined || inningsEnded !== undefined;
  if (innings === undefined || isTold || !wickets.some(({ kind }) => isOut(kind))) return [];
  return [`${teams[innings.side]} ${scoreOf(innings)}`];
}

function dismissed({ name, runs, balls }: Batter): string {
  if (balls === 0 && runs === 0) return `${name} is out without facing a ball`;
  return balls === 1 && runs === 0
    ? `${name} is out first ball`
    : `${name} is out for ${runs} off ${count(balls, 'ball')}`;
}

function goes({ name, runs, balls }: Batter, { kind }: Wicket): string {
  if (kind === 'timed out') return `OUT! ${name} is timed out`;
  return `${name} ${kind.replace('retired', 'retires')} on ${runs} off ${count(balls, 'ball')}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
