import type { UpdateFrame } from '../protocol/frames.ts';
import { applyPatch } from '../protocol/patches.ts';
import type { State, Update, View } from '../protocol/views.ts';

/**
 * What an update does to the client's copy. `gap`: it continues a position that the client does not have;
 * `misfit`: it continues our position but its patch cannot be applied, so our copy is worth nothing.
 */
export type Reception =
  | { readonly verdict: 'applied'; readonly view: View }
  | { readonly verdict: 'ignored' | 'gap' | 'misfit' };

export function receiveUpdate(view: View, update: Update | UpdateFrame): Reception {
  const sameEpoch = update.epoch === undefined || update.epoch === view.epoch;
  if (sameEpoch && update.seq <= view.seq) return { verdict: 'ignored' };
  if ((update.from ?? update.seq - 1) !== view.seq) return { verdict: 'gap' };
  let state: State;
  try {
    state = applyPatch(view.kind, view.state, update.patch);
  } catch {
    return { verdict: 'misfit' };
  }
  return {
    verdict: 'applied',
    view: { kind: view.kind, epoch: update.epoch ?? view.epoch, seq: update.seq, state },
  };
}
