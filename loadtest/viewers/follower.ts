import type { ServerFrame, SubscribedFrame } from '../../protocol/frames.ts';
import type { Position, View } from '../../protocol/views.ts';
import type { SharedStates, Step } from './shared-states.ts';

/** A step that says where it begins; by default one before where it ends. */
type Update = Step & { readonly from?: number | undefined };

/**
 * What one viewer holds of its channels, by the rules of the protocol: every update must continue what it was sent before. What breaks a rule
 * is told; what can be applied all the same is, so that the end shows what became of it.
 */
export class Follower {
  readonly #views = new Map<string, View>();
  readonly #joined = new Set<string>();
  readonly #shared: SharedStates;
  readonly #tell: (problem: string) => void;

  constructor(shared: SharedStates, tell: (problem: string) => void) {
    this.#shared = shared;
    this.#tell = tell;
  }

  view(channel: string): View | undefined {
    return this.#views.get(channel);
  }

  /** To subscribe again with; none at the first time. */
  position(channel: string): Position | undefined {
    const view = this.#views.get(channel);
    return view && { epoch: view.epoch, seq: view.seq };
  }

  /** Channels that the present connection has answered. */
  get joined(): number {
    return this.#joined.size;
  }

  disconnected(): void {
    this.#joined.clear();
  }

  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'subscribed':
        this.#subscribed(frame);
        return;
      case 'snapshot':
        if (this.#isJoined(frame.channel, frame.type)) this.#replace(frame.channel, frame);
        return;
      case 'update':
        if (this.#isJoined(frame.channel, frame.type)) this.#update(frame.channel, frame);
        return;
      case 'error':
        this.#tell(`was answered ${frame.code}: ${frame.message}`);
        return;
    }
  }

  #subscribed(frame: SubscribedFrame): void {
    const { channel } = frame;
    this.#joined.add(channel);
    if ('state' in frame) {
      this.#replace(channel, frame);
      return;
    }
    for (const update of frame.patches) this.#update(channel, update);
    const view = this.#views.get(channel);
    if (view?.seq !== frame.seq || view.epoch !== frame.epoch) {
      this.#tell(`${channel}: was told of position ${frame.seq}, and the patches lead to ${view?.seq}`);
    }
  }

  #isJoined(channel: string, type: string): boolean {
    if (!this.#joined.has(channel))
      this.#tell(`${channel}: got a frame "${type}" before it was subscribed to`);
    return this.#joined.has(channel);
  }

  #replace(channel: string, { kind, epoch, seq, state }: View): void {
    this.#take(channel, () => this.#shared.hold(channel, { kind, epoch, seq, state }));
  }

  #update(channel: string, update: Update): void {
    const view = this.#views.get(channel);
    if (view === undefined) {
      this.#tell(`${channel}: got an update of a state that it was never sent`);
      return;
    }
    const { epoch, seq, from = seq - 1 } = update;
    if (from !== view.seq) this.#tell(`${channel}: an update continues ${from}, where ${view.seq} was sent`);
    const isNew = epoch !== undefined && epoch !== view.epoch;
    if (epoch !== undefined && (!isNew || update.from === undefined)) {
      this.#tell(`${channel}: an update has an epoch that does not change, or comes without "from"`);
    }
    if (!isNew && seq <= view.seq) this.#tell(`${channel}: an update leads from ${view.seq} back to ${seq}`);
    this.#take(channel, () => this.#shared.step(channel, view, update));
  }

  #take(channel: string, next: () => View): void {
    try {
      this.#views.set(channel, next());
    } catch (error) {
      this.#tell(`${channel}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
