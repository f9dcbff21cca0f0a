import type { AckFrame } from '../protocol/frames.ts';

export interface FrameInFlight {
  readonly id: number;
  /** The number of its first event. */
  readonly first: number;
  readonly events: number;
}

interface Flight extends FrameInFlight {
  ack?: AckFrame;
}

/**
 * The publish frames of one producer that wait for their answer, in the order of their numbers. Answers to others, such
 * as to frames that are to be sent again, are of no interest any more.
 */
export class FramesInFlight {
  #flights: Flight[] = [];

  get size(): number {
    return this.#flights.length;
  }

  find(id: number): FrameInFlight | undefined {
    return this.#flights.find((flight) => flight.id === id);
  }

  /** Whichever holds the event with this number. */
  holding(number: number): FrameInFlight | undefined {
    return this.#flights.find(({ first, events }) => first <= number && number < first + events);
  }

  add(frame: FrameInFlight): void {
    this.#flights.push({ ...frame });
  }

  /** The frames that are settled now, in order: an ack waits until all frames before its own have theirs. */
  acknowledge(ack: AckFrame): readonly { readonly frame: FrameInFlight; readonly ack: AckFrame }[] {
    const acknowledged = this.#flights.find(({ id }) => id === ack.id);
    if (acknowledged) acknowledged.ack = ack;
    const settled: { frame: FrameInFlight; ack: AckFrame }[] = [];
    for (let frame = this.#flights[0]; frame?.ack; frame = this.#flights[0]) {
      settled.push({ frame, ack: frame.ack });
      this.#flights.shift();
    }
    return settled;
  }

  /** Forgets the frames that begin at `number` or later. */
  dropFrom(number: number): void {
    this.#flights = this.#flights.filter(({ first }) => first < number);
  }

  clear(): void {
    this.#flights = [];
  }
}
