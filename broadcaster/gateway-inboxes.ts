import { MAX_MESSAGE_BYTES, type MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, type RefusalMessage, TOPICS } from '../bus/messages.ts';
import type { Counters } from './broadcaster-types.ts';
import type { PublishedView } from './published-views.ts';
import type { Terms } from './terms.ts';

interface GatewayInboxesDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly terms: Terms;
  readonly counters: Counters;
  /** False: it may be somebody else's to answer by now. Gateways ask again. */
  readonly mayAnswer: () => boolean;
}

/** Answers gateways: with a view, or with why there is none. */
export class GatewayInboxes {
  readonly #deps: GatewayInboxesDeps;

  constructor(deps: GatewayInboxesDeps) {
    this.#deps = deps;
  }

  /** False where the view is too large for the bus, which would drop it while the gateway asks on; so it was refused. */
  sendView(gateways: Iterable<string>, view: PublishedView): boolean {
    const term = this.#deps.terms.get(view.partition);
    if (term === undefined) return true;
    const { fence, epoch } = term;
    const { name: channel, seq, at, kind, state } = view;
    const bytes = encodeBusMessage({ type: 'view', channel, fence, epoch, seq, at, kind, state });
    if (bytes.length > MAX_MESSAGE_BYTES) {
      const message = `The state of ${channel} is too large to be sent.`;
      this.refuse(gateways, view.partition, channel, 'too_large', message);
      return false;
    }
    this.#deps.counters.views += this.#send(gateways, bytes);
    return true;
  }

  refuse(
    gateways: Iterable<string>,
    partition: number,
    channel: string,
    code: RefusalMessage['code'],
    message: string,
  ): void {
    const term = this.#deps.terms.get(partition);
    if (term === undefined) return;
    const bytes = encodeBusMessage({ type: 'refusal', channel, fence: term.fence, code, message });
    this.#deps.counters.refusals += this.#send(gateways, bytes);
  }

  #send(gateways: Iterable<string>, bytes: Uint8Array): number {
    let sent = 0;
    if (!this.#deps.mayAnswer()) return sent;
    for (const gateway of gateways) {
      sent += 1;
      this.#deps.bus.publish(TOPICS.inbox(gateway), bytes);
    }
    return sent;
  }
}
