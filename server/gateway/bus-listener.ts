import type { MessageBus, Subscription } from '../../bus/message-bus.ts';
import {
  type BusMessage,
  decodeBusMessage,
  type HeartbeatMessage,
  type PatchMessage,
  type ProbesMessage,
  type RefusalMessage,
  TOPICS,
  type ViewMessage,
} from '../../bus/messages.ts';
import type { Logger } from '../../runtime/logger.ts';

export interface BusListenerHandlers {
  readonly heartbeat: (message: HeartbeatMessage) => void;
  readonly change: (message: PatchMessage | ViewMessage) => void;
  readonly refusal: (message: RefusalMessage) => void;
  readonly probes: (message: ProbesMessage) => void;
  /** The bus is back; what was said meanwhile is lost. */
  readonly up: () => void;
}

/** What a gateway hears: all owners, its own inbox, and the channels it watches. */
export class BusListener {
  readonly #deps: { readonly bus: MessageBus; readonly logger: Logger };
  readonly #handlers: BusListenerHandlers;
  #ends: (() => void)[] = [];

  constructor(deps: { readonly bus: MessageBus; readonly logger: Logger }, handlers: BusListenerHandlers) {
    this.#deps = deps;
    this.#handlers = handlers;
  }

  start(gateway: string): void {
    const owners = this.#subscribe(TOPICS.owners);
    const inbox = this.#subscribe(TOPICS.inbox(gateway));
    const endState = this.#deps.bus.onState((state) => {
      if (state === 'up') this.#handlers.up();
    });
    this.#ends = [() => owners.unsubscribe(), () => inbox.unsubscribe(), endState];
  }

  stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  listenTo(channel: string): Subscription {
    return this.#subscribe(TOPICS.channel(channel));
  }

  #subscribe(topic: string): Subscription {
    return this.#deps.bus.subscribe(topic, (bytes) => this.#receive(bytes));
  }

  #receive(bytes: Uint8Array): void {
    let message: BusMessage;
    try {
      message = decodeBusMessage(bytes);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'a message of the bus could not be read');
      return;
    }
    switch (message.type) {
      case 'heartbeat':
        this.#handlers.heartbeat(message);
        break;
      case 'patch':
      case 'view':
        this.#handlers.change(message);
        break;
      case 'refusal':
        this.#handlers.refusal(message);
        break;
      case 'probes':
        this.#handlers.probes(message);
        break;
      case 'watch':
        break;
    }
  }
}
