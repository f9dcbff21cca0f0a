/**
 * What players did in a match, folded from its balls one by one: plain data, changed in place. It is for matches of one innings a side, and
 * super overs are not for it: who folds them leaves them out.
 */

/** One ball in the shape of Cricsheet's files, as far as points are made of it. */
export interface Ball {
  readonly batter: string;
  readonly bowler: string;
  readonly non_striker: string;
  readonly runs: { readonly batter: number; readonly total: number; readonly non_boundary?: boolean };
  readonly extras?: {
    readonly wides?: number;
    readonly noballs?: number;
    readonly byes?: number;
    readonly legbyes?: number;
    readonly penalty?: number;
  };
  readonly wickets?: readonly {
    readonly player_out: string;
    readonly kind: string;
    readonly fielders?: readonly { readonly name?: string; readonly substitute?: boolean }[];
  }[];
}

export interface PlayerRecord {
  /** In the eleven that began. */
  isStarter: boolean;
  runs: number;
  ballsFaced: number;
  fours: number;
  sixes: number;
  isOut: boolean;
  ballsBowled: number;
  conceded: number;
  wickets: number;
  /** Of his wickets, those that needed nobody else. */
  bowledOrLbw: number;
  maidens: number;
  /** Legal balls on which the other side got nothing. */
  dots: number;
  catches: number;
  stumpings: number;
  /** Run outs by his throw alone. */
  directRunOuts: number;
  /** Run outs in which he was one of the last two. */
  sharedRunOuts: number;
}

export interface PlayerRecords {
  readonly ballsPerOver: number;
  readonly players: Map<string, PlayerRecord>;
  over: Over | undefined;
}

interface Over {
  readonly innings: number;
  readonly number: number;
  readonly bowlers: string[];
  legalBalls: number;
  conceded: number;
  /** It is in the record of its bowler as a maiden. */
  isMaiden: boolean;
}

const NO_WICKET = new Set(['retired hurt', 'retired not out']);
const OF_BOWLER = new Set(['bowled', 'caught', 'caught and bowled', 'hit wicket', 'lbw', 'stumped']);

export function beginRecords(starters: Iterable<string>, ballsPerOver = 6): PlayerRecords {
  const records: PlayerRecords = { ballsPerOver, players: new Map(), over: undefined };
  for (const player of starters) recordOf(records, player).isStarter = true;
  return records;
}

/** Innings and overs as the match counts them. Gives the players whose record may have changed. */
export function recordBall(
  records: PlayerRecords,
  innings: number,
  overNumber: number,
  ball: Ball,
): ReadonlySet<string> {
  const touched = new Set([ball.batter, ball.bowler]);
  const over = enterOver(records, innings, overNumber, touched);
  const isWide = (ball.extras?.wides ?? 0) > 0;
  const isLegal = !isWide && (ball.extras?.noballs ?? 0) === 0;

  const batter = recordOf(records, ball.batter);
  batter.runs += ball.runs.batter;
  if (!isWide) batter.ballsFaced += 1;
  if (ball.runs.non_boundary !== true) {
    if (ball.runs.batter === 4) batter.fours += 1;
    if (ball.runs.batter === 6) batter.sixes += 1;
  }

  // Byes, leg byes and penalties are not the bowler's fault.
  const conceded = ball.runs.batter + (ball.extras?.wides ?? 0) + (ball.extras?.noballs ?? 0);
  const bowler = recordOf(records, ball.bowler);
  bowler.conceded += conceded;
  if (isLegal) bowler.ballsBowled += 1;
  if (isLegal && ball.runs.total === 0) bowler.dots += 1;
  if (!over.bowlers.includes(ball.bowler)) over.bowlers.push(ball.bowler);
  over.conceded += conceded;
  if (isLegal) over.legalBalls += 1;
  settleMaiden(records, over, over.legalBalls >= records.ballsPerOver, touched);

  for (const wicket of ball.wickets ?? []) recordWicket(records, ball.bowler, wicket, touched);
  return touched;
}

function recordOf({ players }: PlayerRecords, name: string): PlayerRecord {
  const known = players.get(name);
  if (known !== undefined) return known;
  const record: PlayerRecord = {
    ...{ isStarter: false, runs: 0, ballsFaced: 0, fours: 0, sixes: 0, isOut: false },
    ...{ ballsBowled: 0, conceded: 0, wickets: 0, bowledOrLbw: 0, maidens: 0, dots: 0 },
    ...{ catches: 0, stumpings: 0, directRunOuts: 0, sharedRunOuts: 0 },
  };
  players.set(name, record);
  return record;
}

/** The over before is complete, whatever its balls: the umpire may have miscounted them. The last one of an innings may be cut short. */
function enterOver(records: PlayerRecords, innings: number, number: number, touched: Set<string>): Over {
  const { over } = records;
  if (over?.innings === innings && over.number === number) return over;
  if (over?.innings === innings) settleMaiden(records, over, true, touched);
  const begun: Over = { innings, number, bowlers: [], legalBalls: 0, conceded: 0, isMaiden: false };
  records.over = begun;
  return begun;
}

/** Counts the over as a maiden of its bowler, or takes that back after a ball too many. */
function settleMaiden(records: PlayerRecords, over: Over, isComplete: boolean, touched: Set<string>): void {
  const [bowler] = over.bowlers;
  const isMaiden = isComplete && over.bowlers.length === 1 && over.conceded === 0;
  if (bowler === undefined || isMaiden === over.isMaiden) return;
  recordOf(records, bowler).maidens += isMaiden ? 1 : -1;
  over.isMaiden = isMaiden;
  touched.add(bowler);
}

function recordWicket(
  records: PlayerRecords,
  bowler: string,
  { player_out: player, kind, fielders = [] }: NonNullable<Ball['wickets']>[number],
  touched: Set<string>,
): void {
  if (NO_WICKET.has(kind)) return;
  const change = (name: string, more: (record: PlayerRecord) => void): void => {
    more(recordOf(records, name));
    touched.add(name);
  };
  change(player, (record) => {
    record.isOut = true;
  });
  if (OF_BOWLER.has(kind)) {
    change(bowler, (record) => {
      record.wickets += 1;
      if (kind === 'bowled' || kind === 'lbw') record.bowledOrLbw += 1;
      if (kind === 'caught and bowled') record.catches += 1;
    });
  }
  if (kind === 'caught') credit(fielders.slice(0, 1), (record) => (record.catches += 1));
  if (kind === 'stumped') credit(fielders.slice(0, 1), (record) => (record.stumpings += 1));
  if (kind === 'run out' && fielders.length === 1) credit(fielders, (record) => (record.directRunOuts += 1));
  else if (kind === 'run out') credit(fielders.slice(-2), (record) => (record.sharedRunOuts += 1));

  /** Substitutes are in nobody's team. */
  function credit(who: typeof fielders, more: (record: PlayerRecord) => void): void {
    for (const { name, substitute } of who) if (name !== undefined && substitute !== true) change(name, more);
  }
}
