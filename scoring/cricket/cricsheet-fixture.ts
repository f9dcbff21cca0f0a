import type { Fixture } from '../../protocol/matches.ts';
import { isText } from '../../protocol/names.ts';
import type { CricsheetInnings, CricsheetMatch } from './cricsheet-format.ts';

/** The settings of a match as its file tells them. */

const DEFAULT_BALLS_PER_OVER = 6;
/** In The Hundred an over is five balls, and a bowler may bowl ten on end. */
const HUNDRED_BALLS_PER_OVER = 5;
const TITLE_MAX_LENGTH = 40;
const WITHOUT_LIMIT = ['Test', 'MDM'];

export function fixtureOf({ info, innings = [] }: CricsheetMatch): Fixture {
  const [home = '', away = ''] = info.teams;
  const squads: [string[], string[]] = [squadOf(info, innings, home), squadOf(info, innings, away)];
  const title = titleOf(info);
  const overs = info.overs === undefined || info.overs === 0 ? {} : { overs: info.overs };
  const ballsPerOver = info.balls_per_over || DEFAULT_BALLS_PER_OVER;
  const hasTwo = innings.filter((each) => !each.super_over).length > 2 || !isLimited(info);
  return {
    sport: 'cricket',
    teams: [home, away],
    ...(title === undefined ? {} : { title }),
    ...(squads.some((squad) => squad.length > 0) ? { squads } : {}),
    format: {
      ...overs,
      ballsPerOver,
      inningsPerSide: hasTwo ? 2 : 1,
      ...(ballsPerOver === HUNDRED_BALLS_PER_OVER ? { consecutiveOvers: 2 } : {}),
    },
  };
}

function titleOf({ teams, event }: CricsheetMatch['info']): string | undefined {
  const name = event?.name;
  if (name === undefined || name.length > TITLE_MAX_LENGTH) return undefined;
  const title = `${teams[0]} v ${teams[1]}, ${name}`;
  return isText(title) ? title : undefined;
}

function isLimited({ overs, match_type }: CricsheetMatch['info']): boolean {
  return Boolean(overs) || (match_type !== undefined && !WITHOUT_LIMIT.includes(match_type));
}

/** The players of a side: those listed, the one who may come for another, and whom the list has forgotten. Empty: there is no list. */
function squadOf(
  { players, supersubs }: CricsheetMatch['info'],
  innings: readonly CricsheetInnings[],
  team: string,
): string[] {
  const listed = own(players, team) ?? [];
  if (listed.length === 0) return [];
  const supersub = own(supersubs, team);
  const squad = new Set([...listed, ...(supersub === undefined ? [] : [supersub])]);
  for (const { team: batting, overs = [] } of innings) {
    for (const { batter, non_striker, bowler } of overs.flatMap(({ deliveries }) => deliveries)) {
      if (batting === team) squad.add(batter).add(non_striker);
      else squad.add(bowler);
    }
  }
  // One player is no side: as good as no list.
  return squad.size < 2 ? [] : [...squad];
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
