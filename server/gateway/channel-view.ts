import type { PatchMessage, ViewMessage } from '../../bus/messages.ts';
import { PatchError } from '../../protocol/patch-error.ts';
import { applyPatch, diff } from '../../protocol/patches.ts';
import type { Patch, Position, State, Update, View, ViewKind } from '../../protocol/views.ts';

/** An update together with what it applies onto. */
export interface Step {
  readonly base: Position;
  readonly update: Update;
}

const EMPTY_PATCHES: Readonly<Record<ViewKind, Patch>> = { rows: [], document: {} };

type Held =
  | { readonly source: 'nothing' }
  | { readonly source: 'owner'; readonly fence: number; readonly view: View }
  /** Read straight from the store while no owner was there; whatever an owner says replaces it. */
  | { readonly source: 'local'; readonly view: View };

/**
 * One channel as this gateway holds it. Patches and views come in any order, repeated or not at all; each is applied if it
 * continues what is held, kept for a moment if it is ahead, and ignored if it is behind. `behind` says that
 * something is missing, and that the owner must be asked.
 */
export class ChannelView {
  readonly kind: ViewKind;
  readonly #maxAhead: number;
  #held: Held = { source: 'nothing' };
  #ahead: PatchMessage[] = [];
  #overflown = false;

  constructor(kind: ViewKind, options: { readonly maxAhead: number }) {
    this.kind = kind;
    this.#maxAhead = options.maxAhead;
  }

  /** What subscribers are given; `undefined` until the first state is there. */
  get view(): View | undefined {
    return this.#held.source === 'nothing' ? undefined : this.#held.view;
  }

  get isLocal(): boolean {
    return this.#held.source === 'local';
  }

  /** The position to ask the owner with; none where nothing of an owner is held. */
  get ownerPosition(): Position | undefined {
    return this.#held.source === 'owner' ? this.#held.view : undefined;
  }

  /** True while an answer of the owner is needed to go on. */
  get behind(): boolean {
    return this.#held.source === 'nothing' || this.#ahead.length > 0 || this.#overflown;
  }

  /** Nothing was held; from now on this is, until an owner is heard. */
  holdLocal(epoch: string, state: State): void {
    this.#held = { source: 'local', view: { kind: this.kind, epoch, seq: 0, state } };
  }

  /** Messages were lost on the way in; only a whole view helps. */
  markOverflown(): void {
    this.#overflown = true;
  }

  receive(message: PatchMessage | ViewMessage): readonly Step[] {
    if (this.#held.source === 'owner' && message.fence < this.#held.fence) return [];
    const steps: Step[] = [];
    if (message.type === 'view') this.#jump(message, steps);
    else this.#keep(message);
    this.#applyAhead(steps);
    return steps;
  }

  /** A whole view of the owner: what was held becomes it in one update. */
  #jump(message: ViewMessage, steps: Step[]): void {
    const { fence, epoch, seq, at, kind, state } = message;
    const held = this.#held;
    if (held.source === 'owner' && held.view.epoch === epoch && seq <= held.view.seq) {
      if (seq === held.view.seq) this.#overflown = false;
      return;
    }
    this.#overflown = false;
    this.#held = { source: 'owner', fence, view: { kind, epoch, seq, state } };
    if (held.source === 'nothing') return;
    const { view } = held;
    // Also where the states are equal: the clients' positions must move along, or their next update would not fit.
    const patch = diff(kind, view.state, state) ?? EMPTY_PATCHES[kind];
    const update = { seq, from: view.seq, at, patch };
    steps.push({ base: view, update: view.epoch === epoch ? update : { epoch, ...update } });
  }

  #keep(message: PatchMessage): void {
    if (this.#ahead.length >= this.#maxAhead) {
      // The oldest goes first, as the view that is asked for will most likely contain it.
      this.#ahead.shift();
      this.#overflown = true;
    }
    this.#ahead.push(message);
  }

  #applyAhead(steps: Step[]): void {
    const held = this.#held;
    if (held.source !== 'owner' || this.#ahead.length === 0) return;
    this.#ahead = this.#ahead.filter(({ fence, epoch, seq }) =>
      epoch === held.view.epoch ? seq > held.view.seq : fence > held.fence,
    );
    this.#ahead.sort((a, b) => a.fence - b.fence || a.seq - b.seq);
    for (let next = this.#ahead[0]; next !== undefined; next = this.#ahead[0]) {
      const { view } = this.#held as Held & { source: 'owner' };
      if (next.epoch === view.epoch && next.seq <= view.seq) {
        this.#ahead.shift();
        continue;
      }
      if (next.epoch !== view.epoch || next.seq !== view.seq + 1) return;
      this.#ahead.shift();
      if (!this.#apply(next, held.fence, view, steps)) return;
    }
  }

  #apply({ epoch, seq, at, patch }: PatchMessage, fence: number, view: View, steps: Step[]): boolean {
    try {
      const state = applyPatch(this.kind, view.state, patch);
      this.#held = { source: 'owner', fence, view: { kind: this.kind, epoch, seq, state } };
      steps.push({ base: view, update: { seq, at, patch } });
      return true;
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      this.#overflown = true;
      return false;
    }
  }
}
