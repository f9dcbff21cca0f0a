/**
 * How patches travel: at most once, in no promised order, to whoever is subscribed at that moment. Everything above
 * heals by positions (see broadcaster/ and server/gateway/), so an engine need not retry or store.
 *
 * What an engine must ensure
 * - A topic is any well-formed string (channel names with any text in them); topics never match one another partially.
 * - A published message is a copy: the sender may reuse its buffer, and no receiver can change another's.
 * - A handler is never called after its `unsubscribe`, nor from inside `publish` (no re-entrance).
 * - A handler that throws is reported as an error and keeps nobody else from their messages.
 * - While the bus is away, `publish` drops and never throws or piles up; subscriptions come back by themselves.
 */
import type { Service } from '../runtime/lifecycle.ts';

/**
 * Bytes of one message. A longer one is reported as an error and dropped, so who sends states checks their size first
 * and refuses what can never arrive. It is a little under the 1 MiB that a NATS server takes by default.
 */
export const MAX_MESSAGE_BYTES = 1_000_000;

/** What engines report; nobody is thrown it. */
export class MessageTooLargeError extends Error {
  constructor(bytes: number) {
    super(`${bytes} bytes are more than the ${MAX_MESSAGE_BYTES} that a message of the bus may have`);
    this.name = 'MessageTooLargeError';
  }
}

export type BusState = 'up' | 'down';

export interface Subscription {
  unsubscribe(): void;
}

export interface MessageBus extends Service {
  /** At most `MAX_MESSAGE_BYTES`. Tells nothing about arrival. */
  publish(topic: string, message: Uint8Array): void;
  subscribe(topic: string, handler: (message: Uint8Array) => void): Subscription;
  readonly state: BusState;
  /** Called at every change of state; `up` comes after the subscriptions are back. The result ends it. */
  onState(listener: (state: BusState) => void): () => void;
}
