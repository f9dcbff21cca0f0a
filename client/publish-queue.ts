import type { ScorewireEvent } from '../protocol/events.ts';

export interface QueuedEvent {
  /** Unix milliseconds at which it was published. */
  readonly at: number;
  readonly event: ScorewireEvent;
}

export interface QueueContents {
  readonly producer: string;
  /** The number that the next event gets. The kept events have the numbers before it, without gaps. */
  readonly next: number;
  /** Not settled yet, in order. */
  readonly events: readonly QueuedEvent[];
  /**
   * False where events that `append` had taken may be missing, such as after the machine crashed: then `next` may have been
   * another event's number, and no event gets a number of this producer any more.
   */
  readonly isComplete: boolean;
}

/**
 * Where published events are kept until they are settled, so that they survive the process. Give it to one client
 * only, which calls one method at a time and waits for it. An event is sent once `append` has resolved: from then on
 * its number must never be given to another one, not even after a crash.
 */
export interface PublishQueue {
  /** Called first, and once. `undefined`: the queue is new. Rejects where another process uses it. */
  load(): Promise<QueueContents | undefined>;
  /** Forgets everything there is and begins anew, with these events as numbers 1 and up; all or nothing. */
  restart(producer: string, events: readonly QueuedEvent[]): Promise<void>;
  /** Keeps the events under the next numbers; all of them or, where it rejects, none. */
  append(events: readonly QueuedEvent[]): Promise<void>;
  /** Events up to this number may be forgotten. Forgetting the call in a crash does no harm. */
  settle(number: number): Promise<void>;
  close(): Promise<void>;
}
