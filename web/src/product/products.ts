import { type FetchPage, fetchJson } from '../connection/fetch-json.ts';

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

/** A game that nobody has configured has the one board that the defaults give it. */
export function productNamed(id: string, products: readonly Product[]): Product {
  return (
    products.find(({ product }) => product === id) ?? {
      product: id,
      leaderboards: [{ board: id, handler: 'wins' }],
    }
  );
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
