import type { ScorewireEvent } from '../protocol/events.ts';
import type { AckFrame, AnnouncedLimits, ClientFrame, ServerFrame } from '../protocol/frames.ts';
import { utf8Length } from '../protocol/utf8.ts';
import { deliverAck } from './deliver-ack.ts';
import { PublishError, ScorewireError } from './errors.ts';
import { copyEvents } from './event-copies.ts';
import { EventSender, type EventSenderOptions } from './event-sender.ts';
import { type PendingEvent, PendingEvents } from './pending-events.ts';
import { createProducerId } from './producer-id.ts';
import { type Ack, PublishCall, type Refusal } from './publish-call.ts';
import type { PublishQueue, QueueContents, QueuedEvent } from './publish-queue.ts';
import { QueueKeeper } from './queue-keeper.ts';
import type { Timers } from './timers.ts';

interface PublisherDeps {
  readonly timers: Timers;
  readonly random: () => number;
  /** `not_open`: nothing was sent. Throws on what cannot be encoded. */
  send(frame: ClientFrame): 'sent' | 'not_open' | 'too_large';
  nextId(): number;
  reconnect(reason: string): void;
  /** There is room again, after a publish was refused for want of it. */
  drained(): void;
  /** What concerns no publish of this process. */
  error(error: ScorewireError): void;
}

interface PublisherOptions extends Omit<EventSenderOptions, 'isKept'> {
  readonly maxPendingEvents: number;
  readonly queue: PublishQueue | undefined;
}

/**
 * Publishes as a producer: events are numbered, kept until they are settled, and sent again wherever an answer is
 * missing, which the server recognises by the number.
 */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #options: PublisherOptions;
  readonly #pending = new PendingEvents();
  readonly #sender: EventSender;
  readonly #keeper: QueueKeeper | undefined;
  /** Called whenever events are no longer pending. */
  readonly #watchers = new Set<() => void>();
  /** A publish was refused for want of room since the last `drained`. */
  #refused = false;
  /** Nothing more is published with this producer than what is pending. */
  #isRetiring = false;
  /** Unix milliseconds at which this producer was last heard of. */
  #usedAt: number;
  #isClosed = false;
  #queueClosed: Promise<void> = Promise.resolve();

  constructor(deps: PublisherDeps, options: PublisherOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#usedAt = deps.timers.now();
    const { queue } = options;
    this.#sender = new EventSender(
      {
        ...deps,
        pending: this.#pending,
        settled: (events, ack) => this.#settled(events, ack),
        producerLost: (refusal, fate) => this.#producerLost(refusal, fate),
        refused: ({ code, message }) => deps.error(new ScorewireError(code, message)),
      },
      { ...options, isKept: queue !== undefined },
    );
    if (queue) {
      this.#keeper = this.#keep(queue);
      this.#keeper.start();
    } else {
      this.#beginProducer([]);
    }
  }

  get pendingEvents(): number {
    return this.#pending.size + (this.#keeper?.waiting ?? 0);
  }

  publish(events: readonly ScorewireEvent[]): Promise<Ack> {
    if (this.#isClosed) return Promise.reject(new PublishError('unavailable', 'the client is closed'));
    if (events.length === 0) return Promise.resolve({ applied: 0, duplicates: 0, rejected: [] });
    const { maxPendingEvents } = this.#options;
    if (events.length > maxPendingEvents) {
      const message = `more than ${maxPendingEvents} events at once can never be pending`;
      return Promise.reject(new PublishError('too_large', message));
    }
    if (this.pendingEvents + events.length > maxPendingEvents) {
      this.#refused = true;
      const message = `more than ${maxPendingEvents} events without an ack`;
      return Promise.reject(new PublishError('rate_limited', message));
    }
    return new Promise((resolve, reject) => {
      const call = new PublishCall(events.length, { resolve, reject });
      const publishedAt = this.#deps.timers.now();
      const copies = copyEvents(events);
      this.#replaceForgottenProducer(publishedAt);
      this.#accept(copies.map((copy, index) => ({ ...copy, publishedAt, call, index })));
    });
  }

  /** True once nothing is pending; false where `timeoutMs` or the client ends before that. */
  flush(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isFlushed: boolean) => {
        cancel();
        this.#watchers.delete(check);
        resolve(isFlushed);
      };
      const check = () => {
        if (this.#isClosed) end(false);
        else if (this.pendingEvents === 0) end(true);
      };
      const cancel = this.#deps.timers.after(timeoutMs, () => end(false));
      this.#watchers.add(check);
      check();
    });
  }

  opened(limits: Partial<AnnouncedLimits> | undefined): void {
    this.#sender.opened(limits);
  }

  disconnected(): void {
    this.#sender.disconnected();
  }

  receive(frame: ServerFrame): void {
    this.#sender.receive(frame);
  }

  /** The client is closed: nothing waits any longer. Resolves when the queue is closed too. Idempotent. */
  end(): Promise<void> {
    if (this.#isClosed) return this.#queueClosed;
    this.#isClosed = true;
    this.#sender.disconnected();
    this.#sender.pause();
    const events = this.#pending.all();
    const sent = this.#keeper ? events.length : this.#sender.sent - this.#pending.first + 1;
    this.#pending.restart(1, []);
    this.#giveUp(events.slice(0, sent), true);
    this.#giveUp(events.slice(sent), false);
    if (this.#keeper) this.#queueClosed = this.#keeper.close();
    this.#queueClosed.catch((cause: unknown) => this.#queueFailed(cause));
    this.#notify();
    return this.#queueClosed;
  }

  #giveUp(events: readonly PendingEvent[], uncertain: boolean): void {
    const refusal: Refusal = { code: 'unavailable', message: 'the client was closed before the ack' };
    for (const { call } of events) call.fail(refusal, { uncertain });
  }

  #accept(events: readonly PendingEvent[]): void {
    if (this.#keeper) this.#keeper.store(events);
    else this.#add(events);
  }

  #add(events: readonly PendingEvent[]): void {
    this.#pending.add(events);
    this.#sender.pump();
  }

  #settled(events: number, ack: AckFrame): void {
    this.#usedAt = this.#deps.timers.now();
    deliverAck(this.#pending.settle(events), ack);
    this.#keeper?.settle(this.#pending.first - 1);
    if (this.#isRetiring && this.#pending.size === 0) this.#beginProducer([]);
    this.#notify();
  }

  /** Events that were never sent go on with the next producer; of the others it cannot be told whether they were applied. */
  #producerLost(
    refusal: Refusal,
    { sent, certainAbove }: { readonly sent: number; readonly certainAbove: number },
  ): void {
    const { first } = this.#pending;
    const events = this.#pending.all();
    const places = sent - first + 1;
    events.slice(0, places).forEach(({ call }, place) => {
      call.fail(refusal, { uncertain: first + place <= certainAbove });
    });
    this.#beginProducer(events.slice(places).filter(({ call }) => !call.isOver));
    this.#notify();
  }

  #beginProducer(events: readonly PendingEvent[]): void {
    const producer = createProducerId();
    this.#usedAt = this.#deps.timers.now();
    this.#isRetiring = false;
    this.#pending.restart(1, events);
    this.#sender.pause();
    if (this.#keeper) {
      const begin = () => this.#sender.begin(producer, 0);
      this.#keeper.restart(producer, () => this.#pending.all(), begin);
    } else {
      this.#sender.begin(producer, 0);
    }
  }

  /** The server forgets a producer that is silent for long, and would refuse numbers that begin above 1. */
  #replaceForgottenProducer(now: number): void {
    const isForgotten = now - this.#usedAt >= this.#options.maxEventAgeMs;
    if (isForgotten && this.pendingEvents === 0) this.#beginProducer([]);
  }

  #keep(queue: PublishQueue): QueueKeeper {
    return new QueueKeeper({
      queue,
      timers: this.#deps.timers,
      loaded: (contents) => this.#loaded(contents),
      stored: (events) => {
        if (this.#isClosed) this.#giveUp(events, true);
        else this.#add(events);
      },
      notStored: (events, cause) => {
        const refusal: Refusal = { code: 'unavailable', message: 'the queue did not take the events' };
        for (const { call } of events) call.fail(refusal, { uncertain: false, cause });
        this.#notify();
      },
      failed: (cause) => this.#queueFailed(cause),
    });
  }

  /** They count as sent: an earlier process may have done that. */
  #loaded(contents: QueueContents | undefined): void {
    if (!contents || contents.events.length === 0) {
      this.#beginProducer([]);
      return;
    }
    const { producer, next, events, isComplete } = contents;
    this.#isRetiring = !isComplete;
    if (!isComplete) this.#keeper?.hold();
    this.#pending.restart(
      next - events.length,
      events.map((queued) => this.#orphan(queued)),
    );
    this.#sender.begin(producer, next - 1);
  }

  /** Nobody of this process waits for it. */
  #orphan({ event, at }: QueuedEvent): PendingEvent {
    const call = new PublishCall(1, {
      resolve: ({ rejected }) => {
        for (const { code, message } of rejected) {
          this.#deps.error(new ScorewireError(code, `an event of an earlier run was rejected: ${message}`));
        }
      },
      reject: (error) => this.#deps.error(error),
    });
    return { event, bytes: utf8Length(JSON.stringify(event)), publishedAt: at, call, index: 0 };
  }

  #queueFailed(cause: unknown): void {
    this.#deps.error(new ScorewireError('unavailable', 'the queue of published events failed', { cause }));
  }

  /** Fewer events are pending, or the client is closed. */
  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher();
    if (!this.#refused || this.pendingEvents > this.#options.maxPendingEvents / 2) return;
    this.#refused = false;
    if (!this.#isClosed) this.#deps.drained();
  }
}
