import type { MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, TOPICS } from '../bus/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { TermIdentity } from './term-identity.ts';

interface HeartbeatOptions {
  readonly term: TermIdentity;
  readonly periodMs: number;
  /** Whether the published views are what the store holds, as far as is known. */
  readonly isFresh: () => boolean;
}

/** Tells all gateways who owns, at once and then periodically; the result ends it. */
export function startHeartbeat(
  { bus, clock }: { readonly bus: Pick<MessageBus, 'publish'>; readonly clock: Clock },
  { term, periodMs, isFresh }: HeartbeatOptions,
): () => void {
  let cancelTimer = (): void => undefined;
  const beat = (): void => {
    bus.publish(TOPICS.owners, encodeBusMessage({ type: 'heartbeat', ...term, fresh: isFresh() }));
    cancelTimer = clock.after(periodMs, beat);
  };
  beat();
  return () => cancelTimer();
}
