import type { MatchEvent } from '../../../protocol/match-events.ts';
import type { Fixture } from '../../../protocol/matches.ts';
import { type FetchPage, fetchJson } from '../connection/fetch-json.ts';

/** The events of a match as the server has taken them. */

const PAGE_LIMIT = 1000;

export interface LoggedEvent {
  /** Unix milliseconds of its acceptance. */
  readonly at: number;
  readonly event: MatchEvent;
}

export interface MatchLog {
  /** After the number that was asked for, to the last one. */
  readonly records: readonly LoggedEvent[];
  /** Events of the match in all. */
  readonly total: number;
}

interface LogPage {
  readonly events: number;
  readonly records: readonly LoggedEvent[];
}

/** `undefined` where the server does not tell, or cannot be reached. */
export async function fetchLog(
  fetchPage: FetchPage,
  match: string,
  after: number,
  token: string | undefined,
): Promise<MatchLog | undefined> {
  const records: LoggedEvent[] = [];
  for (;;) {
    const path = `/v1/matches/${match}/events?after=${after + records.length}&limit=${PAGE_LIMIT}`;
    const page = await fetchJson<LogPage>(fetchPage, path, token);
    if (page === undefined) return undefined;
    records.push(...page.records);
    if (page.records.length === 0 || after + records.length >= page.events) {
      return { records, total: page.events };
    }
  }
}

export async function fetchFixture(
  fetchPage: FetchPage,
  match: string,
  token: string | undefined,
): Promise<Fixture | undefined> {
  const answer = await fetchJson<Fixture & { id: string }>(fetchPage, `/v1/matches/${match}/fixture`, token);
  if (answer === undefined) return undefined;
  const { id: _, ...fixture } = answer;
  return fixture;
}
