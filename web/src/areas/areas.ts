import type { AreaRow } from '../../../client/index.ts';
import { isId } from '../../../protocol/names.ts';
import { type FetchPage, fetchJson } from '../connection/fetch-json.ts';

/** As many as are worth looking at side by side. */
export const MAX_AREAS = 12;

/** The areas in which somebody is active. None where the server does not tell. */
export async function fetchAreas(
  fetchPage: FetchPage,
  token: string | undefined,
): Promise<readonly string[]> {
  const answer = await fetchJson<{ areas?: readonly string[] }>(fetchPage, '/v1/areas', token);
  return (answer?.areas ?? []).slice(0, MAX_AREAS);
}

/** The areas that an address names. */
export function areasOf(search: string): readonly string[] {
  const codes = new URLSearchParams(search).getAll('area').filter(isId);
  return [...new Set(codes)].slice(0, MAX_AREAS);
}

export function searchFor(areas: readonly string[]): string {
  return `?${new URLSearchParams(areas.map((area) => ['area', area]))}`;
}

export interface Bar {
  readonly mode: string;
  readonly users: number;
  /** Of the most played mode, from 0 to 1. */
  readonly share: number;
  /** Of all that are shown, in percent. */
  readonly percent: number;
}

export function barsOf(rows: readonly AreaRow[]): readonly Bar[] {
  const most = rows[0]?.[1] ?? 0;
  const all = rows.reduce((sum, [, users]) => sum + users, 0);
  return rows.map(([mode, users]) => ({
    mode,
    users,
    share: users / most,
    percent: Math.round((100 * users) / all),
  }));
}
