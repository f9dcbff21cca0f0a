import type { MatchEvent } from '../../protocol/match-events.ts';
import type { Fixture } from '../../protocol/matches.ts';
import type { PointSystemName } from '../../protocol/tournaments.ts';
import { playOf } from '../match-fold.ts';
import { readPoints } from './amount.ts';
import { beginRecords, recordBall } from './player-records.ts';
import { type PointSystem, pointsOf } from './point-system.ts';
import { T20_POINTS } from './t20-points.ts';

export const POINT_SYSTEMS: Readonly<Record<PointSystemName, PointSystem>> = {
  'dream11-t20-2020': T20_POINTS,
};

/**
 * What players have in a match by all its events so far, in whole thousandths: of the play that stands, so that what was taken back or amended counts
 * as it is now. Who is in the squads is in the teams that begin, as soon as there is play. Super overs do not count.
 */
export function matchPoints(
  fixture: Fixture,
  events: readonly MatchEvent[],
  system: PointSystem,
): ReadonlyMap<string, number> {
  const play = playOf(events);
  const { ballsPerOver, overs, inningsPerSide = overs === undefined ? 2 : 1 } = fixture.format ?? {};
  const starters = play.length === 0 ? [] : (fixture.squads ?? []).flat();
  const records = beginRecords(starters, ballsPerOver);
  for (const { event } of play) {
    if (event.type !== 'delivery') continue;
    const innings = Number(event.innings);
    // The innings after those of both sides are super overs.
    if (innings <= 2 * inningsPerSide) recordBall(records, innings, event.over, event.delivery);
  }
  return new Map(
    Array.from(records.players, ([player, record]) => [player, readPoints(pointsOf(system, record)) ?? 0]),
  );
}
