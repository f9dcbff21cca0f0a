import { MAX_MESSAGE_BYTES, type MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, type RefusalMessage, TOPICS } from '../bus/messages.ts';
import type { Counters } from './broadcaster-types.ts';
import type { PublishedView } from './published-views.ts';
import type { TermIdentity } from './term-identity.ts';

/** Answers gateways: with a view, or with why there is none. */
export class GatewayInboxes {
  readonly #bus: Pick<MessageBus, 'publish'>;
  readonly #counters: Counters;
  readonly #term: TermIdentity;

  constructor(
    deps: { readonly bus: Pick<MessageBus, 'publish'>; readonly counters: Counters },
    term: TermIdentity,
  ) {
    this.#bus = deps.bus;
    this.#counters = deps.counters;
    this.#term = term;
  }

  /** False where the view is too large for the bus, which would drop it while the gateway asks on; so it was refused. */
  sendView(gateways: Iterable<string>, view: PublishedView): boolean {
    const { fence, epoch } = this.#term;
    const { name: channel, seq, at, kind, state } = view;
    const bytes = encodeBusMessage({ type: 'view', channel, fence, epoch, seq, at, kind, state });
    if (bytes.length > MAX_MESSAGE_BYTES) {
      this.refuse(gateways, channel, 'too_large', `The state of ${channel} is too large to be sent.`);
      return false;
    }
    for (const gateway of gateways) {
      this.#counters.views += 1;
      this.#bus.publish(TOPICS.inbox(gateway), bytes);
    }
    return true;
  }

  refuse(gateways: Iterable<string>, channel: string, code: RefusalMessage['code'], message: string): void {
    const { fence } = this.#term;
    const bytes = encodeBusMessage({ type: 'refusal', channel, fence, code, message });
    for (const gateway of gateways) {
      this.#counters.refusals += 1;
      this.#bus.publish(TOPICS.inbox(gateway), bytes);
    }
  }
}
