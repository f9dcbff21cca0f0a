import type { CricketFormat, Fixture } from '../../../protocol/matches.ts';
import { ID_MAX_LENGTH, isId, isText } from '../../../protocol/names.ts';
import { checkFixture } from '../../../scoring/sports.ts';

/** From what is typed and pasted to the fixture of a match. */

export interface TypedFixture {
  readonly sport: string;
  readonly home: string;
  readonly away: string;
  readonly title: string;
  /** Pasted: a name a line, or with commas between them. */
  readonly homeSquad: string;
  readonly awaySquad: string;
  readonly format: FormatName;
  /** Where the format is one of one's own. */
  readonly overs: number;
  readonly ballsPerOver: number;
}

export type FormatName = 't20' | 'odi' | 'hundred' | 'test' | 'own';

export const FORMATS: readonly {
  readonly name: FormatName;
  readonly label: string;
  readonly format?: CricketFormat;
}[] = [
  { name: 't20', label: '20 overs', format: { overs: 20 } },
  { name: 'odi', label: '50 overs', format: { overs: 50 } },
  { name: 'hundred', label: 'The Hundred', format: { overs: 20, ballsPerOver: 5, consecutiveOvers: 2 } },
  { name: 'test', label: 'Two innings', format: { inningsPerSide: 2 } },
  { name: 'own', label: 'Other' },
];

/** `1. A B (c), 2) C D †` are A B and C D. */
export function parseSquad(pasted: string): readonly string[] {
  const names = pasted.split(/[\n,;]+/).map((line) =>
    line
      .replace(/^\s*\d+\s*[.):-]?\s+/, '')
      .replaceAll(/\((?:c|vc|wk|c\s*[&/,]\s*wk|captain|wicket\s?keeper)\)|[†*]/gi, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  return [...new Set(names.filter((name) => name !== ''))];
}

/** Of the names of the sides, since ids stand in addresses. */
export function suggestId(home: string, away: string, date: Date): string {
  const plain = (text: string): string =>
    text
      .normalize('NFD')
      .replaceAll(/\p{M}+/gu, '')
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .toLowerCase()
      .slice(0, 24);
  const day = date.toISOString().slice(0, 10);
  return [plain(home), plain(away), day]
    .filter((part) => part !== '')
    .join('-')
    .slice(0, ID_MAX_LENGTH);
}

export type ReadFixture =
  | { readonly fixture: Fixture; readonly problem?: undefined }
  | { readonly problem: string; readonly fixture?: undefined };

export function readFixture(typed: TypedFixture): ReadFixture {
  const teams: [string, string] = [typed.home.trim(), typed.away.trim()];
  if (teams.some((team) => team === '')) return { problem: 'Both sides need a name' };
  const squads: [string[], string[]] = [[...parseSquad(typed.homeSquad)], [...parseSquad(typed.awaySquad)]];
  const long = [...teams, typed.title.trim() || 'x', ...squads.flat()].find((name) => !isText(name));
  if (long !== undefined) return { problem: `“${long.slice(0, 40)}” cannot be a name: it is too long` };
  const fixture: Fixture = {
    sport: typed.sport,
    teams,
    ...(typed.title.trim() === '' ? {} : { title: typed.title.trim() }),
    ...(squads.flat().length === 0 ? {} : { squads }),
    ...(typed.sport === 'cricket' ? { format: formatOf(typed) } : {}),
  };
  const refusal = checkFixture(fixture);
  return refusal === undefined ? { fixture } : { problem: refusal.message };
}

function formatOf({ format, overs, ballsPerOver }: TypedFixture): CricketFormat {
  return FORMATS.find(({ name }) => name === format)?.format ?? { overs, ballsPerOver };
}

export function isMatchId(id: string): boolean {
  return isId(id);
}
