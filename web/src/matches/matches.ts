import type { MatchStatus, MatchSummary } from '../../../protocol/matches.ts';
import { type FetchPage, fetchJson } from '../connection/fetch-json.ts';

export interface ListedMatch {
  readonly id: string;
  readonly sport: string;
  readonly teams: readonly [string, string];
  readonly title?: string;
  readonly summary: MatchSummary;
}

interface MatchesPage {
  readonly matches?: readonly ListedMatch[];
  readonly next?: string;
}

const PAGE_LIMIT = 100;
/** More than anybody reads. */
const MAX_LISTED = 500;

/** The matches that this reader may see. `undefined` where the server does not tell. */
export async function fetchMatches(
  fetchPage: FetchPage,
  token: string | undefined,
): Promise<readonly ListedMatch[] | undefined> {
  const found: ListedMatch[] = [];
  let after: string | undefined;
  do {
    const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
    const page = await fetchJson<MatchesPage>(fetchPage, `/v1/matches?limit=${PAGE_LIMIT}${from}`, token);
    if (page === undefined) return after === undefined ? undefined : found;
    found.push(...(page.matches ?? []));
    after = page.next;
  } while (after !== undefined && found.length < MAX_LISTED);
  return found;
}

export interface MatchGroup {
  readonly name: 'live' | 'coming' | 'finished';
  readonly label: string;
  readonly matches: readonly ListedMatch[];
}

const GROUPS: readonly { name: MatchGroup['name']; label: string; of: readonly MatchStatus[] }[] = [
  { name: 'live', label: 'Live', of: ['live', 'break'] },
  { name: 'coming', label: 'To come', of: ['scheduled'] },
  { name: 'finished', label: 'Finished', of: ['complete', 'abandoned'] },
];

/** Those that have any. */
export function groupsOf(matches: readonly ListedMatch[]): readonly MatchGroup[] {
  return GROUPS.map(({ name, label, of }) => ({
    name,
    label,
    matches: matches.filter(({ summary }) => of.includes(summary.status)),
  })).filter((group) => group.matches.length > 0);
}

export function titleOf({ title, teams }: Pick<ListedMatch, 'title' | 'teams'>): string {
  return title ?? `${teams[0]} v ${teams[1]}`;
}
