import { MAX_MESSAGE_BYTES, type MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, TOPICS } from '../bus/messages.ts';
import { diff } from '../protocol/patches.ts';
import type { State } from '../protocol/views.ts';
import { preciseNow, type Traces } from '../runtime/traces.ts';
import { subjectOfChannel } from '../store/trace-subject.ts';
import type { Counters } from './broadcaster-types.ts';
import type { PublishedView, PublishedViews } from './published-views.ts';
import type { Term, Terms } from './terms.ts';

interface PatchPublisherDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly terms: Terms;
  readonly views: PublishedViews;
  readonly counters: Counters;
  readonly traces?: Traces | undefined;
  /** False while the lease is unconfirmed or lost. */
  readonly mayPublish: (term: Term) => boolean;
}

/** Makes of what was read what all gateways are told. */
export class PatchPublisher {
  readonly #deps: PatchPublisherDeps;

  constructor(deps: PatchPublisherDeps) {
    this.#deps = deps;
  }

  /** `at`: when the oldest change in it was accepted. False where it may not be published at present: whoever read it reads it again. */
  publish(view: PublishedView, state: State | 'not_found', at: number, readAt: number): boolean {
    const { bus, views, counters, traces } = this.#deps;
    const { name: channel, kind } = view;
    // Reading took its time: the lease may be unconfirmed by now, or gone.
    const term = this.#termOf(view);
    if (term === undefined) return false;
    const { fence, epoch } = term;
    const patch = state === 'not_found' ? undefined : diff(kind, view.state, state);
    if (state === 'not_found') {
      // Its source is gone; gateways learn it from the answer to their next watch.
      views.forget(view);
    } else if (patch === undefined) {
      views.confirm(view, readAt);
    } else {
      views.advance(view, state, at, readAt);
      const bytes = encodeBusMessage({ type: 'patch', channel, fence, epoch, seq: view.seq, at, patch });
      // One that the bus would drop is a gap like any lost message: the next watch is answered with the view.
      if (bytes.length <= MAX_MESSAGE_BYTES) {
        bus.publish(TOPICS.channel(channel), bytes);
        counters.patchBytes.observe(bytes.length);
        if (traces !== undefined) tracePatch(traces, view, { at, readAt, bytes: bytes.length });
      }
    }
    return true;
  }

  /** All gateways are told that the last state stands and is stale. Who watches on is answered as if it were the first time. */
  withdraw(view: PublishedView, message: string): void {
    const { bus, views, counters } = this.#deps;
    const term = this.#termOf(view);
    if (term === undefined) return;
    views.forget(view);
    const { name: channel } = view;
    const refusal = { type: 'refusal', channel, fence: term.fence, code: 'unavailable', message } as const;
    bus.publish(TOPICS.channel(channel), encodeBusMessage(refusal));
    counters.refusals += 1;
  }

  #termOf(view: PublishedView): Term | undefined {
    const { terms, views, mayPublish } = this.#deps;
    const term = terms.get(view.partition);
    return term !== undefined && mayPublish(term) && views.get(view.name) === view ? term : undefined;
  }
}

/** The reading, then the moment of publishing: from there the bus has it. */
function tracePatch(
  traces: Traces,
  { channel, seq }: PublishedView,
  { at, readAt, bytes }: { readonly at: number; readonly readAt: number; readonly bytes: number },
): void {
  const subject = subjectOfChannel(channel);
  if (!traces.isRecorded(subject, at)) return;
  const now = preciseNow();
  const attributes = { 'scorewire.channel_type': channel.type, 'scorewire.seq': seq };
  traces.record(subject, at, { name: 'ticked', from: readAt, to: now, attributes });
  const published = { ...attributes, 'scorewire.bytes': bytes };
  traces.record(subject, at, { name: 'published', from: now, to: now, attributes: published });
}
