/**
 * How patches travel: at most once, in no promised order, to whoever is subscribed at that moment. Everything above
 * heals by positions (see broadcaster/ and server/gateway/), so an engine need not retry or store.
 *
 * What an engine must ensure
 * - A topic is any string (channel names with any text in them); topics never match one another partially.
 * - A published message is a copy: the sender may reuse its buffer, and no receiver can change another's.
 * - A handler is never called after its `unsubscribe`, nor from inside `publish` (no re-entrance).
 * - While the bus is away, `publish` drops and never throws or piles up; subscriptions come back by themselves.
 */
import type { Service } from '../runtime/lifecycle.ts';

export type BusState = 'up' | 'down';

export interface Subscription {
  unsubscribe(): void;
}

export interface MessageBus extends Service {
  publish(topic: string, message: Uint8Array): void;
  subscribe(topic: string, handler: (message: Uint8Array) => void): Subscription;
  readonly state: BusState;
  /** Called at every change of state; `up` comes after the subscriptions are back. The result ends it. */
  onState(listener: (state: BusState) => void): () => void;
}
