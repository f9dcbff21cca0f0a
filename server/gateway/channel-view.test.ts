import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PatchMessage, ViewMessage } from '../../bus/messages.ts';
import { applyPatch, diff } from '../../protocol/patches.ts';
import type { Position, Rows, State } from '../../protocol/views.ts';
import { ChannelView, type Step } from './channel-view.ts';

const CHANNEL = 'board:chess';

type Message = PatchMessage | ViewMessage;

/** What one or several owners publish: for each position its patch and its view. */
function history(owners: readonly (readonly Rows[])[]): {
  messages: Message[];
  last: ViewMessage | undefined;
} {
  const messages: Message[] = [];
  let last: ViewMessage | undefined;
  owners.forEach((states, i) => {
    const fence = i + 1;
    const base = { channel: CHANNEL, fence, epoch: `epoch-${fence}`, at: 1 };
    states.forEach((state, n) => {
      const seq = 100 + n;
      const before = states[n - 1];
      last = { type: 'view', ...base, seq, kind: 'rows', state };
      messages.push(last);
      const patch = before && diff('rows', before, state);
      if (patch !== undefined) messages.push({ type: 'patch', ...base, seq, patch });
    });
  });
  return { messages, last };
}

/** A client that was given the first state and every step since. */
class Follower {
  state: State | undefined;
  position: Position | undefined;

  follow(view: ChannelView, steps: readonly Step[]): void {
    // Steps that led to the first state were told to nobody.
    for (const { base, update } of this.position === undefined ? [] : steps) {
      expect({ epoch: base.epoch, seq: base.seq }).toEqual(this.position);
      expect(update.from ?? update.seq - 1).toBe(this.position?.seq);
      if (update.epoch !== undefined) expect(update.epoch).not.toBe(this.position?.epoch);
      this.state = applyPatch('rows', this.state ?? [], update.patch);
      this.position = { epoch: update.epoch ?? base.epoch, seq: update.seq };
    }
    const held = view.view;
    if (held === undefined) return;
    this.state ??= held.state;
    this.position ??= { epoch: held.epoch, seq: held.seq };
    expect(this.state).toEqual(held.state);
    expect(this.position).toEqual({ epoch: held.epoch, seq: held.seq });
  }
}

const rows = fc.array(fc.tuple(fc.constantFrom('ada', 'bob', 'eve'), fc.integer({ min: 0, max: 3 })), {
  maxLength: 3,
});

describe('a view of a channel', () => {
  it('converges whatever is lost, repeated or out of order, and its steps always continue each other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(rows, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        (owners, randoms, startsLocal) => {
          const { messages, last } = history(owners);
          const view = new ChannelView('rows', { maxAhead: 3 });
          const follower = new Follower();
          if (startsLocal) view.holdLocal('local-1', [['old', 1]]);
          follower.follow(view, []);
          for (let i = 0; i < messages.length * 2; i++) {
            const message = messages[(randoms.next().value ?? 0) % messages.length];
            if (message !== undefined) follower.follow(view, view.receive(message));
          }
          // The owner's answer, sooner or later.
          if (last !== undefined) follower.follow(view, view.receive(last));
          expect(view.view).toMatchObject({ epoch: last?.epoch, seq: last?.seq, state: last?.state });
          expect(view.behind).toBe(false);
          expect(view.isLocal).toBe(false);
        },
      ),
    );
  });

  it('never goes back, not even to what a lower owner says', () => {
    const { messages } = history([[[], [['a', 1]]], [[['b', 2]]]]);
    const view = new ChannelView('rows', { maxAhead: 3 });
    for (const message of messages) view.receive(message);
    const held = view.view;
    for (const message of messages) expect(view.receive(message)).toEqual([]);
    expect(view.view).toBe(held);
  });

  it('does not change what it was given', () => {
    const state = Object.freeze([Object.freeze(['a', 1])]) as unknown as Rows;
    const view = new ChannelView('rows', { maxAhead: 3 });
    const base = { channel: CHANNEL, fence: 1, epoch: 'e', at: 1 };
    view.receive({ type: 'view', ...base, seq: 1, kind: 'rows', state });
    view.receive({ type: 'patch', ...base, seq: 2, patch: [[0, 1, ['b', 2]]] });
    expect(view.view?.state).toEqual([['b', 2]]);
  });
});
