import { askJson, type FetchPage, fetchJson } from '../connection/fetch-json.ts';

export interface Product {
  readonly product: string;
  readonly leaderboards: readonly { readonly board: string; readonly handler: string }[];
}

/** The games that somebody has configured. None where the server does not tell. */
export async function fetchProducts(
  fetchPage: FetchPage,
  token: string | undefined,
): Promise<readonly Product[]> {
  const answer = await fetchJson<{ products?: readonly Product[] }>(fetchPage, '/v1/products', token);
  return answer?.products ?? [];
}

/** How a game is scored, or that it may not be told to who asks. */
export type Settings = Product | { readonly refused: 'unauthorized' | 'forbidden' };

/** Where the server does not answer, what it answers of a game that nobody has configured. */
export async function fetchSettings(
  fetchPage: FetchPage,
  product: string,
  token: string | undefined,
): Promise<Settings> {
  const { status, value } = await askJson<Product>(fetchPage, `/v1/products/${product}`, token);
  if (status === 401) return { refused: 'unauthorized' };
  if (status === 403) return { refused: 'forbidden' };
  return value ?? { product, leaderboards: [{ board: product, handler: 'wins' }] };
}

const HANDLER_LABELS: ReadonlyMap<string, string> = new Map([
  ['wins', 'Wins'],
  ['elo', 'Elo'],
  ['points', 'Points'],
]);

/** A tab for each leaderboard, told apart by how it scores; where several score alike, by their boards. */
export function leaderboardTabs({ leaderboards }: Product): readonly { name: string; label: string }[] {
  return leaderboards.map(({ board, handler }) => {
    const label = HANDLER_LABELS.get(handler) ?? handler;
    const isAlone = leaderboards.filter((other) => other.handler === handler).length === 1;
    return { name: board, label: isAlone ? label : `${label} (${board})` };
  });
}
