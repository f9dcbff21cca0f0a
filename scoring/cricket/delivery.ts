import type { DeliveryEvent } from '../../protocol/match-events.ts';
import { batterOf, bowlerOf, dismiss, runsRun, takeGuard } from './crease.ts';
import { changeEnds, completeOver, enterOver, isMaiden } from './overs.ts';
import type { Batter, Bowler, CricketChange, CricketState, Innings } from './state.ts';

type Delivery = DeliveryEvent['delivery'];

/** Scores a ball that has been checked, or that the scorer insists on. */
export function scoreDelivery(state: CricketState, innings: Innings, event: DeliveryEvent): CricketChange {
  const { delivery } = event;
  admitReplacements(state, delivery);
  const over = enterOver(state, innings, event.over);
  takeGuard(innings, delivery);
  const batter = batterOf(innings, delivery.batter);
  const bowler = bowlerOf(innings, delivery.bowler);
  if (!over.bowlers.includes(bowler.name)) over.bowlers.push(bowler.name);

  const { isWide, isNoBall, isLegal } = kindOf(delivery);
  scoreBatter(batter, delivery, isWide);
  scoreExtras(innings, delivery);
  const conceded = concededBy(delivery);
  scoreBowler(bowler, conceded, { isWide, isNoBall, isLegal });
  innings.runs += delivery.runs.total;
  innings.partnership.runs += delivery.runs.total;
  if (!isWide) innings.partnership.balls += 1;
  if (isLegal) innings.legalBalls += 1;
  over.runs += conceded;
  over.total += delivery.runs.total;
  const ball = `${over.number}.${over.legalBalls + 1}`;
  if (isLegal) over.legalBalls += 1;

  if (runsRun(delivery) % 2 === 1) changeEnds(innings);
  const wickets = fallOfWickets(innings, bowler, delivery);
  over.wickets += wickets.length;
  // A wide after the last ball, where the umpire has miscounted, belongs to an over that stays complete.
  if (over.legalBalls >= state.format.ballsPerOver) completeOver(innings, over);
  innings.printed = undefined;
  state.paused = false;
  return {
    innings,
    ball,
    ...(wickets.length === 0 ? {} : { wickets }),
    ...(over.complete ? { overEnded: { over, bowler, maiden: isMaiden(over) } } : {}),
  };
}

interface Kind {
  readonly isWide: boolean;
  readonly isNoBall: boolean;
  readonly isLegal: boolean;
}

export function kindOf({ extras }: Delivery): Kind {
  const isWide = (extras?.wides ?? 0) > 0;
  const isNoBall = (extras?.noballs ?? 0) > 0;
  return { isWide, isNoBall, isLegal: !isWide && !isNoBall };
}

/** Byes, leg byes and penalties are not the bowler's fault. */
function concededBy({ runs, extras }: Delivery): number {
  return runs.batter + (extras?.wides ?? 0) + (extras?.noballs ?? 0);
}

function scoreBatter(batter: Batter, { runs }: Delivery, isWide: boolean): void {
  batter.runs += runs.batter;
  if (!isWide) batter.balls += 1;
  if (runs.non_boundary) return;
  if (runs.batter === 4) batter.fours += 1;
  if (runs.batter === 6) batter.sixes += 1;
}

function scoreExtras({ extras: accounts }: Innings, { extras }: Delivery): void {
  if (extras === undefined) return;
  accounts.wides += extras.wides ?? 0;
  accounts.noballs += extras.noballs ?? 0;
  accounts.byes += extras.byes ?? 0;
  accounts.legbyes += extras.legbyes ?? 0;
  accounts.penalty += extras.penalty ?? 0;
}

function scoreBowler(bowler: Bowler, conceded: number, { isWide, isNoBall, isLegal }: Kind): void {
  bowler.runs += conceded;
  if (isWide) bowler.wides += 1;
  if (isNoBall) bowler.noballs += 1;
  if (!isLegal) return;
  bowler.balls += 1;
  bowler.looseBalls += 1;
}

function fallOfWickets(
  innings: Innings,
  bowler: Bowler,
  { wickets = [] }: Delivery,
): NonNullable<CricketChange['wickets']> {
  return wickets.flatMap((wicket) => {
    const fall = dismiss(innings, wicket, bowler);
    return fall === undefined
      ? []
      : [{ kind: wicket.kind, batter: batterOf(innings, wicket.player_out), fall }];
  });
}

function admitReplacements({ teams, squads }: CricketState, { replacements }: Delivery): void {
  for (const { in: player, team } of replacements?.match ?? []) squads[teams.indexOf(team)]?.add(player);
}
