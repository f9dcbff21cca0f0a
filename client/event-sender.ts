import type { AckFrame, AnnouncedLimits, ClientFrame, ErrorFrame, ServerFrame } from '../protocol/frames.ts';
import type { Backoff } from './backoff.ts';
import { Disputes } from './disputes.ts';
import { type FrameInFlight, FramesInFlight } from './frames-in-flight.ts';
import type { PendingEvent, PendingEvents } from './pending-events.ts';
import type { Refusal } from './publish-call.ts';
import { SendGate } from './send-gate.ts';
import { type SendingLimits, sendingLimits } from './sending-limits.ts';
import type { Timers } from './timers.ts';

interface EventSenderDeps {
  readonly timers: Timers;
  readonly random: () => number;
  readonly pending: PendingEvents;
  /** `not_open`: nothing was sent. Throws on what cannot be encoded. */
  send(frame: ClientFrame): 'sent' | 'not_open' | 'too_large';
  nextId(): number;
  /** A frame with so many events, the oldest ones, is settled. */
  settled(events: number, ack: AckFrame): void;
  /**
   * Nothing more can be published with this producer. Numbers up to `sent` were sent and will not be settled any more; those
   * above `certainAbove` have certainly not been applied.
   */
  producerLost(refusal: Refusal, fate: { readonly sent: number; readonly certainAbove: number }): void;
  /** The server refuses to take any frame; the events are kept for when it does. */
  refused(refusal: Refusal): void;
  /** Ends the connection, so that the next one claims the producer again. */
  reconnect(reason: string): void;
}

export interface EventSenderOptions {
  readonly backoff: Backoff;
  readonly ackTimeoutMs: number;
  readonly maxEventAgeMs: number;
  /**
   * True where events outlive this client: a refusal of whatever is sent can be sat out, but somebody else may use the
   * producer, by a copy of the queue.
   */
  readonly isKept: boolean;
}

interface Link {
  readonly limits: SendingLimits;
  /** Numbers up to here were sent on earlier connections: whether they are settled is not known. */
  readonly sentBefore: number;
}

/**
 * Sends the pending events in order, several frames ahead of their acks. What the server did not take is sent again from
 * the first such number, and everything unsettled after a reconnect: their numbers make that harmless.
 */
export class EventSender {
  readonly #deps: EventSenderDeps;
  readonly #options: EventSenderOptions;
  readonly #gate: SendGate;
  readonly #flights = new FramesInFlight();
  readonly #disputes: Disputes;
  #producer: string | undefined;
  #link: Link | undefined;
  /** The number of the event that is sent next. */
  #cursor = 1;
  /** The highest number that was ever sent with this producer. */
  #sent = 0;
  /** This connection has, or will have, claimed the producer. */
  #mayClaim = false;
  #cancelSilence: (() => void) | undefined;

  constructor(deps: EventSenderDeps, options: EventSenderOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#disputes = new Disputes(deps.timers, options.isKept);
    this.#gate = new SendGate(
      { timers: deps.timers, random: deps.random, wake: () => this.pump() },
      options.backoff,
    );
  }

  /** The highest number that the server may have seen. */
  get sent(): number {
    return this.#sent;
  }

  /** What is pending belongs to this producer from now on; numbers up to `sent` may have been sent by an earlier process. */
  begin(producer: string, sent: number): void {
    this.#rest();
    this.#producer = producer;
    this.#disputes.begin();
    this.#mayClaim = false;
    this.#cursor = this.#deps.pending.first;
    this.#sent = sent;
    if (this.#link) this.#link = { ...this.#link, sentBefore: sent };
    this.pump();
  }

  /** Sends nothing until `begin`. */
  pause(): void {
    this.#producer = undefined;
    this.#rest();
  }

  opened(announced: Partial<AnnouncedLimits> | undefined): void {
    const limits = sendingLimits(announced);
    this.#link = { limits, sentBefore: this.#sent };
    this.#gate.opened(limits.framesPerSecond);
    this.#cursor = this.#deps.pending.first;
    this.pump();
  }

  disconnected(): void {
    if (this.#mayClaim) this.#disputes.abandoned();
    this.#mayClaim = false;
    this.#link = undefined;
    this.#rest();
  }

  /** Sends as much as the window allows. */
  pump(): void {
    while (this.#sendFrame()) {
      // One frame after the other.
    }
  }

  /** Answers to what is to be sent again, or was another producer's, are of no interest. */
  receive(frame: ServerFrame): void {
    if ((frame.type !== 'ack' && frame.type !== 'error') || frame.id === undefined) return;
    const flight = this.#flights.find(frame.id);
    if (!flight) return;
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    if (frame.type === 'ack') this.#acknowledged(frame);
    else this.#refused(frame, flight);
    this.pump();
    this.#watchSilence();
  }

  /** True where another frame may follow. */
  #sendFrame(): boolean {
    const { pending } = this.#deps;
    const { limits } = this.#link ?? {};
    if (!limits || this.#producer === undefined || this.#cursor >= pending.next) return false;
    const room = limits.events - (this.#cursor - pending.first);
    if (room <= 0 || this.#flights.size >= limits.frames || !this.#gate.mayPass()) return false;
    this.#dropExpired();
    let maxEvents = Math.min(limits.frameEvents, room);
    for (;;) {
      const events = pending.slice(this.#cursor, maxEvents, limits.frameBytes);
      const outcome = this.#trySend(this.#producer, events);
      if (typeof outcome === 'string') return outcome === 'sent';
      if (events.length > 1) maxEvents = Math.ceil(events.length / 2);
      else if (!this.#emptied(this.#cursor, outcome)) return false;
    }
  }

  #trySend(producer: string, pendingEvents: readonly PendingEvent[]): 'sent' | 'not_open' | Refusal {
    const first = this.#cursor;
    const id = this.#deps.nextId();
    const events = pendingEvents.map(({ event }) => event);
    try {
      const outcome = this.#deps.send({ type: 'publish', id, producer, seq: first, events });
      if (outcome === 'not_open') return outcome;
      if (outcome === 'too_large') return { code: 'too_large', message: 'over the bytes of a frame' };
    } catch (cause) {
      return { code: 'malformed', message: `cannot be encoded: ${String(cause)}` };
    }
    this.#mayClaim = true;
    this.#gate.passed();
    this.#flights.add({ id, first, events: events.length });
    this.#cursor = first + events.length;
    this.#sent = Math.max(this.#sent, this.#cursor - 1);
    this.#watchSilence();
    return 'sent';
  }

  #acknowledged(ack: AckFrame): void {
    this.#gate.succeeded();
    this.#disputes.acknowledged();
    const sent = this.#sent;
    for (const { frame, ack: verdict } of this.#flights.acknowledge(ack)) {
      this.#deps.settled(frame.events, verdict);
    }
    if (ack.seq !== undefined && ack.seq > sent) {
      this.#lose({ code: 'conflict', message: 'the server knows events of this producer that are not ours' });
    }
  }

  #refused({ code, message, retryAfterMs, seq }: ErrorFrame, flight: FrameInFlight): void {
    switch (code) {
      case 'unavailable':
      case 'rate_limited':
        this.#rewind(flight.first);
        this.#gate.postpone(retryAfterMs);
        return;
      case 'resend':
        this.#resend(seq ?? flight.first, flight);
        return;
      case 'conflict':
        this.#conflict({ code, message });
        return;
      default:
        this.#refusedAsAWhole({ code, message }, flight);
    }
  }

  /** Either the server has forgotten the producer, or another connection has claimed it. */
  #conflict(refusal: Refusal): void {
    this.#mayClaim = false;
    if (this.#disputes.mayClaimAgain()) this.#deps.reconnect(refusal.message);
    else this.#lose(refusal);
  }

  #resend(wanted: number, flight: FrameInFlight): void {
    if (wanted < this.#deps.pending.first || wanted > this.#sent + 1) {
      this.#lose({ code: 'conflict', message: 'the server has forgotten what it had acknowledged' });
      return;
    }
    // What is below may be under way still. A frame that begins below the wanted number is welcome.
    this.#rewind(Math.min(flight.first, this.#flights.holding(wanted)?.first ?? wanted));
    this.#gate.retrySoon();
  }

  /** It is about the connection, such as one without a token: the server did not look at the events. */
  #refusedAsAWhole(refusal: Refusal, flight: FrameInFlight): void {
    if (this.#options.isKept) {
      this.#rewind(flight.first);
      this.#gate.postpone(undefined);
      this.#deps.refused(refusal);
    } else {
      this.#lose(refusal, this.#link?.sentBefore);
    }
  }

  #lose(refusal: Refusal, certainAbove = this.#sent): void {
    this.pause();
    this.#deps.producerLost(refusal, { sent: this.#sent, certainAbove });
  }

  #rewind(number: number): void {
    this.#flights.dropFrom(number);
    this.#cursor = Math.min(this.#cursor, number);
  }

  /** What cannot be sent leaves its number to nothing. False where it is nothing already. */
  #emptied(number: number, refusal: Refusal): boolean {
    const { pending } = this.#deps;
    if (pending.at(number)?.event === null) return false;
    pending.empty(number, refusal);
    return true;
  }

  /** The server remembers numbers for so long only: sent again after that, an event might count twice. */
  #dropExpired(): void {
    const { pending, timers } = this.#deps;
    const publishedBefore = timers.now() - this.#options.maxEventAgeMs;
    for (let number = this.#cursor; number <= this.#sent; number++) {
      const event = pending.at(number);
      if (!event || event.publishedAt > publishedBefore) return;
      const refusal: Refusal = { code: 'conflict', message: 'too old to be sent again' };
      if (this.#emptied(number, refusal)) event.call.fail(refusal, { uncertain: true });
    }
  }

  /** An answer that stays away must not hold everything up: sending again does no harm. */
  #watchSilence(): void {
    if (this.#cancelSilence || this.#flights.size === 0) return;
    this.#cancelSilence = this.#deps.timers.after(this.#options.ackTimeoutMs, () => {
      this.#cancelSilence = undefined;
      this.#rewind(this.#deps.pending.first);
      this.pump();
    });
  }

  /** Nothing is under way any more. */
  #rest(): void {
    this.#flights.clear();
    this.#gate.close();
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
  }
}
