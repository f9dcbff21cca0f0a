import { equalJson } from '../../protocol/json-equality.ts';
import { applyPatch } from '../../protocol/patches.ts';
import type { Json, Patch, View } from '../../protocol/views.ts';

/** An update as a frame has it, or a list of patches. */
export interface Step {
  readonly epoch?: string | undefined;
  readonly seq: number;
  readonly patch: Patch;
}

/**
 * The states that viewers hold, each kept once: viewers at the same position of a channel hold the very same object, whichever way they came
 * there. Two ways that lead to different states at one position are a defect of the server.
 */
export class SharedStates {
  readonly #steps = new WeakMap<Step, { readonly before: View; readonly after: View }>();
  readonly #known = new Map<string, View[]>();

  /** The state after the update. Throws where it does not fit, or leads to another state than another way did. */
  step(channel: string, before: View, step: Step): View {
    // The same frame on the same state, as for all viewers but the first.
    const taken = this.#steps.get(step);
    if (taken?.before === before) return taken.after;
    const { kind } = before;
    const state = applyPatch(kind, before.state, step.patch);
    const after = this.hold(channel, { kind, epoch: step.epoch ?? before.epoch, seq: step.seq, state });
    this.#steps.set(step, { before, after });
    return after;
  }

  hold(channel: string, view: View): View {
    const known = this.#known.get(channel) ?? [];
    const same = known.find(({ epoch, seq }) => epoch === view.epoch && seq === view.seq);
    if (same === undefined) {
      known.push(view);
      if (known.length > POSITIONS) known.shift();
      this.#known.set(channel, known);
      return view;
    }
    if (!equalJson(same.state as Json, view.state as Json)) {
      throw new Error(`two states at position ${view.seq} of one epoch`);
    }
    return same;
  }
}

/** Of a channel, the latest. Viewers are a few ticks apart at most, but for the slow ones. */
const POSITIONS = 16;
