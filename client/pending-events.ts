import type { ScorewireEvent } from '../protocol/events.ts';
import type { PublishCall, Refusal } from './publish-call.ts';

export interface PendingEvent {
  /** A copy of what was published. `null`: it must not be sent (any more), and only its number has to be settled. */
  readonly event: ScorewireEvent | null;
  /** Of its JSON. */
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly publishedAt: number;
  readonly call: PublishCall;
  /** Its place in the call. */
  readonly index: number;
  /** Why `event` is `null`, which the server cannot know. */
  readonly refusal?: Refusal;
}

const NULL_BYTES = 4;
/** So many settled events are dropped at once, as dropping moves all that remain. */
const DROP_AT_ONCE = 1024;

/** The unsettled events of one producer, in order and numbered without gaps. */
export class PendingEvents {
  #events: PendingEvent[] = [];
  /** Places before it have been settled. */
  #head = 0;
  #first = 1;

  get size(): number {
    return this.#events.length - this.#head;
  }

  /** The number of the oldest unsettled event; where there is none, of the next one. */
  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#first + this.size;
  }

  restart(first: number, events: readonly PendingEvent[]): void {
    this.#events = [...events];
    this.#head = 0;
    this.#first = first;
  }

  add(events: readonly PendingEvent[]): void {
    for (const event of events) this.#events.push(event);
  }

  at(number: number): PendingEvent | undefined {
    return number < this.#first ? undefined : this.#events[this.#head + number - this.#first];
  }

  all(): readonly PendingEvent[] {
    return this.#events.slice(this.#head);
  }

  /** From `number` on, as many as fit; at least one where there is one. */
  slice(number: number, maxEvents: number, maxBytes: number): readonly PendingEvent[] {
    const found: PendingEvent[] = [];
    let bytes = 0;
    for (
      let event = this.at(number);
      event && found.length < maxEvents;
      event = this.at(number + found.length)
    ) {
      bytes += event.bytes + 1;
      if (bytes > maxBytes && found.length > 0) break;
      found.push(event);
    }
    return found;
  }

  /** Puts nothing in the place of an event: the server rejects that, and the number is settled without a gap. */
  empty(number: number, refusal: Refusal): void {
    const event = this.at(number);
    if (event) {
      this.#events[this.#head + number - this.#first] = { ...event, event: null, bytes: NULL_BYTES, refusal };
    }
  }

  /** Takes the oldest out. */
  settle(count: number): readonly PendingEvent[] {
    const settled = this.#events.slice(this.#head, this.#head + count);
    this.#head += settled.length;
    this.#first += settled.length;
    if (this.#head >= DROP_AT_ONCE || this.#head === this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return settled;
  }
}
