import { fromThousandths } from './amount.ts';
import type { PlayerRecord } from './player-records.ts';

/** From which value to which one; what is not said is without an end. */
export interface Band {
  readonly above?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly below?: number;
  readonly points: number;
}

/** Points for what a player did in one match. Of milestones only the highest one that was reached counts. All points have at most three decimals. */
export interface PointSystem {
  readonly name: string;
  /** Where it was published. */
  readonly source: string;
  readonly starter: number;
  readonly run: number;
  /** Besides the runs. */
  readonly four: number;
  readonly six: number;
  readonly runMilestones: readonly Milestone[];
  /** Out without a run. */
  readonly duck: number;
  /** Runs per 100 balls, of who faced and scored enough. */
  readonly strikeRate: {
    readonly minBalls: number;
    readonly minRuns: number;
    readonly bands: readonly Band[];
  };
  readonly wicket: number;
  /** Besides the wicket. */
  readonly bowledOrLbw: number;
  readonly wicketMilestones: readonly Milestone[];
  readonly maiden: number;
  readonly dotMilestones: readonly Milestone[];
  /** Runs per 6 balls, of who bowled enough. */
  readonly economy: { readonly minBalls: number; readonly bands: readonly Band[] };
  readonly catch: number;
  readonly catchMilestones: readonly Milestone[];
  readonly stumping: number;
  readonly directRunOut: number;
  /** For each of the last two who had a part in it. */
  readonly sharedRunOut: number;
  /** Neither the duck nor the strike rate counts for those who are in a team as bowlers. */
  readonly sparesBowlers: boolean;
}

export interface Milestone {
  readonly from: number;
  readonly points: number;
}

/** What a player's record is worth. */
export function pointsOf(system: PointSystem, record: PlayerRecord, isBowler = false): number {
  const parts = [
    record.isStarter ? system.starter : 0,
    ...battingPoints(system, record, system.sparesBowlers && isBowler),
    ...bowlingPoints(system, record),
    record.catches * system.catch,
    reached(system.catchMilestones, record.catches),
    record.stumpings * system.stumping,
    record.directRunOuts * system.directRunOut,
    record.sharedRunOuts * system.sharedRunOut,
  ];
  // Whole thousandths, so that the order of the parts does not matter.
  return fromThousandths(parts.reduce((sum, part) => sum + Math.round(1000 * part), 0));
}

function battingPoints(system: PointSystem, record: PlayerRecord, isSpared: boolean): number[] {
  const { runs, ballsFaced, fours, sixes, isOut } = record;
  const { minBalls, minRuns, bands } = system.strikeRate;
  const hasRate = ballsFaced > 0 && ballsFaced >= minBalls && runs >= minRuns && !isSpared;
  return [
    runs * system.run,
    fours * system.four,
    sixes * system.six,
    reached(system.runMilestones, runs),
    isOut && runs === 0 && !isSpared ? system.duck : 0,
    hasRate ? inBand(bands, (100 * runs) / ballsFaced) : 0,
  ];
}

function bowlingPoints(system: PointSystem, record: PlayerRecord): number[] {
  const { wickets, bowledOrLbw, maidens, dots, ballsBowled, conceded } = record;
  const { minBalls, bands } = system.economy;
  const hasEconomy = ballsBowled > 0 && ballsBowled >= minBalls;
  return [
    wickets * system.wicket,
    bowledOrLbw * system.bowledOrLbw,
    reached(system.wicketMilestones, wickets),
    maidens * system.maiden,
    reached(system.dotMilestones, dots),
    hasEconomy ? inBand(bands, (6 * conceded) / ballsBowled) : 0,
  ];
}

function reached(milestones: readonly Milestone[], count: number): number {
  const highest = milestones.filter(({ from }) => count >= from).sort((a, b) => b.from - a.from)[0];
  return highest?.points ?? 0;
}

function inBand(bands: readonly Band[], rate: number): number {
  const found = bands.find(({ above, atLeast, atMost, below }) => {
    return (
      (above === undefined || rate > above) &&
      (atLeast === undefined || rate >= atLeast) &&
      (atMost === undefined || rate <= atMost) &&
      (below === undefined || rate < below)
    );
  });
  return found?.points ?? 0;
}
