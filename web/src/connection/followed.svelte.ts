import type { Change, ScorewireClient, StateOf, SubscriptionStatus } from '../../../client/index.ts';
import type { Refusal } from './session.svelte.ts';

/** One channel as the page shows it, kept right by the client, and how far it can be trusted. */
export class Followed<C extends string> {
  state = $state.raw<StateOf<C> | undefined>();
  status = $state.raw<SubscriptionStatus>('pending');
  staleSince = $state.raw<number | undefined>();
  refusal = $state.raw<Refusal | undefined>();
  readonly #changed: ((change: Change<StateOf<C>>) => void) | undefined;

  constructor(changed?: (change: Change<StateOf<C>>) => void) {
    this.#changed = changed;
  }

  /** Begins anew with this channel, or with none. The result ends it, as an effect wants it. */
  follow(client: ScorewireClient | undefined, channel: C | undefined): () => void {
    this.state = undefined;
    this.status = 'pending';
    this.staleSince = undefined;
    this.refusal = undefined;
    if (client === undefined || channel === undefined) return () => {};
    const subscription = client.subscribe(channel, (change) => {
      this.state = change.state;
      this.#changed?.(change);
    });
    subscription.on('status', (status) => {
      this.status = status;
      this.staleSince = subscription.staleSince;
    });
    subscription.on('error', ({ code, message }) => {
      this.refusal = { code, message };
    });
    return () => subscription.unsubscribe();
  }
}
