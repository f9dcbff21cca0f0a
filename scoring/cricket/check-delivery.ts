import type { Delivery, DeliveryEvent } from '../../protocol/match-events.ts';
import { type Refusal, type Refused, refuse } from '../sport.ts';
import { explainRuns, explainWickets } from './check-runs.ts';
import { isIn, isWithoutBall, leaversOf, othersIn } from './crease.ts';
import { lastInnings } from './innings.ts';
import { isOverOpen, nextOverNumber } from './overs.ts';
import type { CricketState, Innings } from './state.ts';

/** Whether a ball can have been bowled now. Cheap: it looks at the over, at who is in and at those whom the ball names. */

/** The innings that a ball belongs to, or why it belongs to none, which nobody can override. */
export function inningsOf(state: CricketState, event: DeliveryEvent): Innings | Refused {
  const innings = lastInnings(state);
  if (innings === undefined) return refuse('conflict', 'No innings has begun');
  const number = Number(event.innings);
  if (number !== innings.number) {
    return refuse('conflict', `Innings ${innings.number} is played, not innings ${number}`);
  }
  if (innings.over !== undefined && event.over < innings.over.number) {
    return refuse('conflict', `Over ${event.over + 1} is over: ${innings.over.number + 1} overs have begun`);
  }
  return innings;
}

/** Why a ball is impossible, if it is; who overrides it scores it nevertheless. */
export function checkDelivery(
  state: CricketState,
  innings: Innings,
  event: DeliveryEvent,
): Refusal | undefined {
  const { delivery } = event;
  const { batter, non_striker } = delivery;
  if (batter === non_striker) return { code: 'malformed', message: `${batter} cannot bat at both ends` };
  const wrong = explainRuns(delivery) ?? explainWickets(delivery);
  if (wrong !== undefined) return { code: 'malformed', message: sentence(wrong) };
  const ended = explainEnd(state, innings);
  if (ended !== undefined) return { code: 'conflict', message: ended };
  const unknown = explainUnknown(state, innings, delivery);
  if (unknown !== undefined) return { code: 'not_found', message: unknown };
  const impossible =
    explainOver(state, innings, event.over) ??
    explainBatters(innings, delivery) ??
    explainBowler(state, innings, event) ??
    explainOut(innings, delivery);
  return impossible === undefined ? undefined : { code: 'conflict', message: impossible };
}

function explainEnd(state: CricketState, innings: Innings): string | undefined {
  if (state.outcome !== undefined) return `The match is over: ${state.outcome.text}`;
  if (innings.end === undefined) return undefined;
  const team = state.teams[innings.side];
  return `The innings of ${team} is over: ${innings.end === 'overs' ? 'its overs are bowled' : innings.end}`;
}

function explainUnknown(
  { teams, squads }: CricketState,
  { side }: Innings,
  delivery: Delivery,
): string | undefined {
  const batting = [
    delivery.batter,
    delivery.non_striker,
    ...(delivery.wickets ?? []).map((each) => each.player_out),
  ];
  const stranger = (of: number, players: readonly string[]): string | undefined => {
    const squad = squads[of];
    if (squad === undefined) return undefined;
    const come = delivery.replacements?.match ?? [];
    const name = players.find(
      (player) => !squad.has(player) && !come.some((each) => each.in === player && each.team === teams[of]),
    );
    return name === undefined ? undefined : `${name} is not in the squad of ${teams[of]}`;
  };
  return stranger(side, batting) ?? stranger(1 - side, [delivery.bowler]);
}

function explainOver(state: CricketState, innings: Innings, number: number): string | undefined {
  const next = nextOverNumber(innings);
  if (number === next) return undefined;
  const { over } = innings;
  if (over?.complete && number === over.number) {
    return `Over ${number + 1} has had its ${over.legalBalls} balls`;
  }
  if (over !== undefined && isOverOpen(innings) && number === over.number + 1) {
    return `Over ${over.number + 1} has had ${over.legalBalls} of its ${state.format.ballsPerOver} balls`;
  }
  return `Over ${next + 1} is next, not over ${number + 1}`;
}

function explainBatters(innings: Innings, delivery: Delivery): string | undefined {
  for (const player of [delivery.batter, delivery.non_striker]) {
    if (innings.batters.get(player)?.out !== undefined) return `${player} is out and cannot bat`;
    if (innings.absent.includes(player)) return `${player} is absent and cannot bat`;
  }
  const leavers = leaversOf(delivery);
  const other = othersIn(innings, delivery).find((name) => !leavers.some(({ player }) => player === name));
  if (other === undefined) return undefined;
  const comer = isIn(innings, delivery.batter) ? delivery.non_striker : delivery.batter;
  return `${comer} cannot come in while ${other} is in`;
}

function explainBowler(
  state: CricketState,
  innings: Innings,
  { delivery, over }: DeliveryEvent,
): string | undefined {
  const { bowler } = delivery;
  const bothSquads = state.squads[0] !== undefined && state.squads[1] !== undefined;
  // With squads, they are two players of the same name.
  if (!bothSquads && (bowler === delivery.batter || bowler === delivery.non_striker)) {
    return `${bowler} cannot bat and bowl at the same time`;
  }
  const present = innings.over;
  const isSameOver = present !== undefined && present.number === over;
  if (isSameOver && present.bowlers.includes(bowler)) {
    return present.bowlers.at(-1) === bowler ? undefined : `${bowler} cannot bowl again in this over`;
  }
  const mayChange = delivery.replacements?.role?.some(({ role }) => role === 'bowler');
  if (isSameOver && present.bowlers.length > 0 && !mayChange) {
    return `${present.bowlers.at(-1)} bowls over ${over + 1}, not ${bowler}`;
  }
  const before =
    isSameOver || present === undefined ? innings.recentBowlers : [present.bowlers, ...innings.recentBowlers];
  const { consecutiveOvers } = state.format;
  const onEnd = before.slice(0, consecutiveOvers);
  if (onEnd.length < consecutiveOvers || !onEnd.every((bowlers) => bowlers.includes(bowler)))
    return undefined;
  return consecutiveOvers === 1
    ? `${bowler} bowled the last over and cannot bowl this one`
    : `${bowler} bowled the last ${consecutiveOvers} overs and cannot bowl this one`;
}

function explainOut(innings: Innings, delivery: Delivery): string | undefined {
  for (const { player_out: player, kind } of delivery.wickets ?? []) {
    const isNamed = player === delivery.batter || player === delivery.non_striker;
    if (innings.batters.get(player)?.out !== undefined) return `${player} is out already`;
    if (kind === 'timed out') {
      if (isNamed) return `${player} is in, so cannot be timed out`;
      if ((delivery.wickets ?? []).every((each) => each.kind === 'timed out')) {
        return `${player} cannot be timed out before a wicket has fallen`;
      }
    } else if (!isNamed) {
      return isWithoutBall(kind)
        ? `${player} is not in, so cannot retire`
        : `${player} is not in, so cannot be out`;
    }
  }
  return undefined;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
