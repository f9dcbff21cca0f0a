import { MAX_LISTED_DIFFERENCES } from './board-comparison.ts';
import type { Refusal } from './log-replay.ts';
import type { Difference } from './member-check.ts';
import {
  type Recomputation,
  type RecomputeDependencies,
  type RecomputeOptions,
  recomputeBoard,
} from './recompute-board.ts';

/** Of a board with its windows: `checked`, `corrected` and `unsettled` are sums, the rest is the board's own. */
export interface RecomputationWithWindows extends Recomputation {
  readonly differences: readonly (Difference & { readonly window?: string })[];
  /** In byte order. */
  readonly windows: readonly RecomputedWindow[];
}

/** One window by its name, such as `daily.2026-11-21`. */
export type RecomputedWindow = { readonly window: string } & (
  | Pick<Recomputation, 'checked' | 'corrected' | 'unsettled'>
  /** Why its members can't be proven. */
  | { readonly unprovable: string }
);

/** A board, then each window that it has; of a window just that. One that can't be proven holds up none of the others. */
export async function recomputeWithWindows(
  deps: RecomputeDependencies,
  options: RecomputeOptions,
): Promise<RecomputationWithWindows | Refusal> {
  const base = await recomputeBoard(deps, options);
  if ('refused' in base) return base;
  let whole: RecomputationWithWindows = { ...base, windows: [] };
  for (const key of await deps.store.listWindows(options.board)) {
    const window = key.slice(options.board.length + 1);
    const result = await recomputeBoard(deps, { ...options, board: key });
    if (!('refused' in result)) whole = added(whole, window, result);
    // Its time was over meanwhile.
    else if (result.refused !== 'not_found') whole = withUnprovable(whole, window, result);
  }
  return whole;
}

function withUnprovable(
  whole: RecomputationWithWindows,
  window: string,
  { message }: Refusal,
): RecomputationWithWindows {
  return { ...whole, windows: [...whole.windows, { window, unprovable: message }] };
}

function added(
  whole: RecomputationWithWindows,
  window: string,
  { checked, corrected, unsettled, differences }: Recomputation,
): RecomputationWithWindows {
  const all = [...whole.differences, ...differences.map((difference) => ({ ...difference, window }))];
  return {
    ...whole,
    checked: whole.checked + checked,
    corrected: whole.corrected + corrected,
    unsettled: whole.unsettled + unsettled,
    differences: all.slice(0, MAX_LISTED_DIFFERENCES),
    windows: [...whole.windows, { window, checked, corrected, unsettled }],
  };
}
