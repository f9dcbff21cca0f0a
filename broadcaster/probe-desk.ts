import type { MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, type ProbesMessage, type ProbeWatchMessage, TOPICS } from '../bus/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Term, Terms } from './terms.ts';

interface ProbeDeskDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly clock: Clock;
  readonly terms: Pick<Terms, 'get'>;
  /** False while the lease is unconfirmed or lost. */
  readonly mayPublish: (term: Term) => boolean;
}

/** Tells gateways what ticks have read of the probes: each one while it is heard, so that one which is not heard finds out. */
export class ProbeDesk {
  readonly #deps: ProbeDeskDeps;
  readonly #interestMs: number;
  /** When each was heard last. */
  readonly #gateways = new Map<string, number>();

  constructor(deps: ProbeDeskDeps, options: { readonly interestMs: number }) {
    this.#deps = deps;
    this.#interestMs = options.interestMs;
  }

  receive({ gateway }: ProbeWatchMessage): void {
    this.#gateways.set(gateway, this.#deps.clock.now());
  }

  /** Whether anybody wants to know. */
  get isWatched(): boolean {
    const since = this.#deps.clock.now() - this.#interestMs;
    for (const [gateway, heardAt] of this.#gateways) if (heardAt <= since) this.#gateways.delete(gateway);
    return this.#gateways.size > 0;
  }

  /** One message for all partitions; `times` are in their order. */
  tell(partitions: readonly number[], times: readonly (number | undefined)[]): void {
    const { bus, terms, mayPublish } = this.#deps;
    const probes: ProbesMessage['probes'][number][] = [];
    for (const [i, partition] of partitions.entries()) {
      const term = terms.get(partition);
      const at = times[i];
      // Reading took its time: the lease may be unconfirmed by now, or gone.
      if (term !== undefined && at !== undefined && mayPublish(term))
        probes.push([partition, term.fence, at]);
    }
    if (probes.length === 0 || !this.isWatched) return;
    const bytes = encodeBusMessage({ type: 'probes', probes });
    for (const gateway of this.#gateways.keys()) bus.publish(TOPICS.inbox(gateway), bytes);
  }
}
