import type { MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, TOPICS } from '../bus/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Term, Terms } from './terms.ts';

interface HeartbeatDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly clock: Clock;
  readonly terms: Terms;
  readonly mayAnswer: () => boolean;
  /** Whether the published views of a term are what the store holds, as far as is known. */
  readonly isFresh: (term: Term) => boolean;
}

interface HeartbeatOptions {
  readonly owner: string;
  readonly periodMs: number;
}

/** Tells all gateways what is owned here. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  readonly #options: HeartbeatOptions;
  #cancelTimer = (): void => undefined;

  constructor(deps: HeartbeatDeps, options: HeartbeatOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  start(): void {
    const beat = (): void => {
      this.beat();
      this.start();
    };
    this.#cancelTimer = this.#deps.clock.after(this.#options.periodMs, beat, 'about');
  }

  stop(): void {
    this.#cancelTimer();
  }

  /** All terms, which is two messages where some are fresh and some are not. */
  beat(): void {
    const { bus, terms, mayAnswer, isFresh } = this.#deps;
    if (!mayAnswer()) return;
    const byFreshness = new Map<boolean, (readonly [number, number])[]>();
    for (const term of terms.all()) {
      const fresh = isFresh(term);
      const leases = byFreshness.get(fresh) ?? [];
      byFreshness.set(fresh, leases);
      leases.push([term.partition, term.fence]);
    }
    for (const [fresh, leases] of byFreshness) {
      const { owner } = this.#options;
      bus.publish(TOPICS.owners, encodeBusMessage({ type: 'heartbeat', owner, leases, fresh }));
    }
  }
}
