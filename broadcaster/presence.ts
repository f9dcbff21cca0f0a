import type { MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, type MemberMessage, TOPICS } from '../bus/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { hearMessages } from './hear-messages.ts';
import { Members } from './members.ts';

interface PresenceDeps {
  readonly bus: Pick<MessageBus, 'publish' | 'subscribe' | 'onState'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether it can hold leases, as far as is known. */
  readonly isAble: () => boolean;
  /** It is to be looked again who should have what. */
  readonly changed: () => void;
}

interface PresenceOptions {
  readonly name: string;
  readonly periodMs: number;
}

/** Makes a broadcaster known to the others over the bus, and hears of them. */
export class Presence {
  readonly members: Members;
  readonly #deps: PresenceDeps;
  readonly #options: PresenceOptions;
  #ends: (() => void)[] = [];
  #cancelTimer = (): void => undefined;

  constructor(deps: PresenceDeps, options: PresenceOptions) {
    this.#deps = deps;
    this.#options = options;
    this.members = new Members(options.name);
  }

  start(): void {
    const { bus } = this.#deps;
    this.#ends = [
      hearMessages(this.#deps, TOPICS.broadcasters, (message) => {
        if (message.type === 'member') this.#hear(message);
      }),
      bus.onState((state) => {
        if (state === 'up') this.#say('joins');
      }),
    ];
    this.#say('joins');
    this.#beatLater();
  }

  /** Partitions that were given back, so that whoever is to have them need not wait. */
  tellFreed(freed: readonly number[]): void {
    this.#say('stays', freed);
  }

  leave(freed: readonly number[]): void {
    for (const end of this.#ends.splice(0)) end();
    this.#cancelTimer();
    this.#say('leaves', freed);
  }

  #beatLater(): void {
    const beat = (): void => {
      if (this.members.beat(this.#deps.isAble())) this.#deps.changed();
      this.#say('stays');
      this.#beatLater();
    };
    this.#cancelTimer = this.#deps.clock.after(this.#options.periodMs, beat, 'about');
  }

  #hear(message: MemberMessage): void {
    const { name, standing, freed } = message;
    const isNews = this.members.hear(message);
    if (standing === 'joins' && name !== this.#options.name) this.#say('stays');
    if (isNews || freed.length > 0) this.#deps.changed();
  }

  #say(standing: MemberMessage['standing'], freed: readonly number[] = []): void {
    const { name } = this.#options;
    const able = this.#deps.isAble();
    this.#deps.bus.publish(
      TOPICS.broadcasters,
      encodeBusMessage({ type: 'member', name, standing, able, freed }),
    );
  }
}
