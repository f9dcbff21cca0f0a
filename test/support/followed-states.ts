import type { ServerFrame } from '../../protocol/frames.ts';
import { applyPatch } from '../../protocol/patches.ts';
import type { State, View } from '../../protocol/views.ts';

/** The states of channels as a client holds them that trusts nothing: every update must apply onto what it was sent before. */
export class FollowedStates {
  /** What was wrong so far; a test expects it to stay empty. */
  readonly violations: string[] = [];
  readonly #held = new Map<string, View>();

  of(channel: string): State | undefined {
    return this.#held.get(channel)?.state;
  }

  follow(frame: ServerFrame): void {
    if (frame.type === 'subscribed' && 'recovered' in frame) {
      for (const update of frame.patches) this.#update(frame.channel, update);
      if (this.#held.get(frame.channel)?.seq !== frame.seq) {
        this.violations.push(`recovered to another position on ${frame.channel}`);
      }
    } else if (frame.type === 'subscribed' || frame.type === 'snapshot') {
      const { channel, kind, epoch, seq, state } = frame;
      this.#held.set(channel, { kind, epoch, seq, state });
    } else if (frame.type === 'update') {
      this.#update(frame.channel, frame);
    }
  }

  #update(
    channel: string,
    update: {
      readonly epoch?: string | undefined;
      readonly seq: number;
      readonly from?: number | undefined;
      readonly patch: unknown;
    },
  ): void {
    const view = this.#held.get(channel);
    if (view === undefined) {
      this.violations.push(`an update of ${channel}, which this client holds no state of`);
      return;
    }
    const { epoch, seq, from = seq - 1, patch } = update;
    if (from !== view.seq) {
      this.violations.push(`an update from ${from} where ${view.seq} was sent before, on ${channel}`);
    }
    if (epoch !== undefined && (epoch === view.epoch || update.from === undefined)) {
      this.violations.push(`an epoch that does not change, or comes without "from", on ${channel}`);
    }
    try {
      const state = applyPatch(view.kind, view.state, patch as never);
      this.#held.set(channel, { kind: view.kind, epoch: epoch ?? view.epoch, seq, state });
    } catch (error) {
      this.violations.push(`a patch that does not fit on ${channel}: ${String(error)}`);
    }
  }
}
