import type {
  BatterDocument,
  BowlerDocument,
  CricketDocument,
  CricketFormat,
  ExtrasDocument,
  InningsDocument,
} from '../../../protocol/matches.ts';
import { readOvers } from '../../../scoring/cricket/overs.ts';

/** What the document of a match of cricket says, in the words of a card. */

const ALL_OUT = 10;

export type Named<T> = T & { readonly name: string };

export interface NumberedInnings {
  readonly key: string;
  /** `Asia`, `Asia, 2nd innings`, `Asia, super over`. */
  readonly label: string;
  readonly innings: InningsDocument;
}

/** In the order in which they were played. */
export function inningsOf({ innings }: CricketDocument): readonly NumberedInnings[] {
  const all = Object.entries(innings).sort(([one], [other]) => Number(one) - Number(other));
  return all.map(([key, each], index) => {
    const isLater = all.slice(0, index).some(([, before]) => before.team === each.team && !before.superOver);
    const which = each.superOver ? ', super over' : isLater ? ', 2nd innings' : '';
    return { key, label: `${each.team}${which}`, innings: each };
  });
}

/** `175/7`, `243`, `300/4d`. */
export function scoreText({ runs, wickets, declared, superOver }: InningsDocument): string {
  if (wickets >= ALL_OUT && !superOver) return String(runs);
  return `${runs}/${wickets}${declared ? 'd' : ''}`;
}

export interface InningsScore {
  readonly text: string;
  readonly overs: string;
  readonly superOver: boolean;
  /** The one that counts at this moment. */
  readonly isMain: boolean;
}

export interface SideScore {
  readonly team: string;
  /** Of each innings. */
  readonly scores: readonly InningsScore[];
  /** They bat now. */
  readonly isIn: boolean;
}

export function sidesOf(document: CricketDocument): readonly SideScore[] {
  const all = inningsOf(document);
  const now = document.current?.innings;
  return document.teams.map((team) => {
    const own = all.filter(({ innings }) => innings.team === team);
    const inSuperOver = now !== undefined && document.innings[now]?.superOver === true;
    const main = own.findLast(({ innings }) => inSuperOver || !innings.superOver);
    return {
      team,
      scores: own.map(({ key, innings }) => ({
        text: innings.forfeited ? 'forfeited' : scoreText(innings),
        overs: innings.overs,
        superOver: innings.superOver === true,
        isMain: key === main?.key,
      })),
      isIn: own.some(({ key }) => key === now),
    };
  });
}

/** A record by name as a list in its order. */
export function inOrder<T extends { readonly order: number }>(
  players: Readonly<Record<string, T>>,
): readonly Named<T>[] {
  return Object.entries(players)
    .map(([name, player]) => ({ ...player, name }))
    .sort((one, other) => one.order - other.order);
}

/** `c Root b Anderson`, `run out (Root)`, `not out`. */
export function howOut({ out, retired }: Pick<BatterDocument, 'out' | 'retired'>): string {
  if (out === undefined) return retired ?? 'not out';
  const { kind, bowler = '', fielders = [] } = out;
  const by = fielders.join('/');
  switch (kind) {
    case 'caught':
      return by === bowler ? `c & b ${bowler}` : `c ${by || '?'} b ${bowler}`;
    case 'caught and bowled':
      return `c & b ${bowler}`;
    case 'stumped':
      return `st ${by || '?'} b ${bowler}`;
    case 'run out':
      return by === '' ? 'run out' : `run out (${by})`;
    case 'bowled':
      return `b ${bowler}`;
    default:
      return bowler === '' ? kind : `${kind} b ${bowler}`;
  }
}

const EXTRAS = [
  ['byes', 'b'],
  ['legbyes', 'lb'],
  ['wides', 'w'],
  ['noballs', 'nb'],
  ['penalty', 'pen'],
] as const;

export function extrasOf(extras: ExtrasDocument): { readonly total: number; readonly detail: string } {
  const total = EXTRAS.reduce((sum, [account]) => sum + extras[account], 0);
  const parts = EXTRAS.filter(([account]) => extras[account] > 0);
  return { total, detail: parts.map(([account, short]) => `${short} ${extras[account]}`).join(', ') };
}

export interface LastWicket {
  readonly player: string;
  readonly how: string;
  readonly runs: number;
  readonly balls: number;
  /** `54/3 (8.2)`. */
  readonly fell: string;
}

export function lastWicket({ fall, batting }: InningsDocument): LastWicket | undefined {
  const number = Math.max(0, ...Object.keys(fall).map(Number));
  const last = fall[String(number)];
  const batter = last === undefined ? undefined : batting[last.player];
  if (last === undefined || batter === undefined) return undefined;
  return {
    player: last.player,
    how: howOut(batter),
    runs: batter.runs,
    balls: batter.balls,
    fell: `${last.runs}/${number} (${last.over})`,
  };
}

export function fallText({ fall }: InningsDocument): string {
  return Object.entries(fall)
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([number, { runs, over, player }]) => `${runs}-${number} (${player}, ${over})`)
    .join(', ');
}

/** Runs for a hundred balls, and runs an over, to as many decimals as cards have. */
export function strikeRate({ runs, balls }: Pick<BatterDocument, 'runs' | 'balls'>): string {
  return balls === 0 ? '–' : ((100 * runs) / balls).toFixed(1);
}

export function economy({ runs, balls }: Pick<BowlerDocument, 'runs' | 'balls'>, ballsPerOver = 6): string {
  return balls === 0 ? '–' : ((ballsPerOver * runs) / balls).toFixed(2);
}

/** `Asia need 23 runs from 18 balls`; nothing where there is no target or nobody needs anything any more. */
export function chase(document: CricketDocument, format: CricketFormat | undefined): string | undefined {
  const { current } = document;
  const innings = current === undefined ? undefined : document.innings[current.innings];
  if (innings?.target === undefined || innings.runs >= innings.target) return undefined;
  const need = innings.target - innings.runs;
  const left = ballsLeft(innings, format);
  const from = left === undefined ? '' : ` from ${left} ${left === 1 ? 'ball' : 'balls'}`;
  return `${innings.team} need ${need} ${need === 1 ? 'run' : 'runs'}${from}`;
}

function ballsLeft(innings: InningsDocument, format: CricketFormat | undefined): number | undefined {
  const limit = innings.superOver ? 1 : Number(innings.maxOvers ?? format?.overs);
  if (!(limit > 0)) return undefined;
  const perOver = format?.ballsPerOver ?? 6;
  const inBalls = (overs: number): number => {
    const { overs: whole, balls } = readOvers(overs);
    return whole * perOver + balls;
  };
  return Math.max(0, inBalls(limit) - inBalls(Number(innings.overs)));
}
