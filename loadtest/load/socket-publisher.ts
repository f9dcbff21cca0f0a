import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SUBPROTOCOLS } from '../../protocol/encodings.ts';
import type { ScorewireEvent } from '../../protocol/events.ts';
import type { AckFrame, ErrorFrame, ServerFrame } from '../../protocol/frames.ts';
import type { EventSource, PublisherPlan } from '../scenario.ts';
import { socketUrlOf } from '../socket-url.ts';
import { addFailure, PUBLISHED, type Publisher, type PublisherDeps, SETTLE_MS } from './publisher.ts';
import { Schedule } from './schedule.ts';

/** Frames over sockets, as numbered events of one producer each, so that what is sent again counts once. */
export function socketPublisher(plan: PublisherPlan, deps: PublisherDeps): Publisher {
  const producers = plan.sources.map((source) => new PacedProducer(plan, deps, source));
  return {
    run: async () => {
      await Promise.all(producers.map((producer) => producer.connect()));
      const startAt = performance.now();
      const perSecond = plan.rate / plan.eventsPerPublish / producers.length;
      // One after the other within the interval, and not all in the same moment.
      const begins = producers.map((_, index) => startAt + (index * 1000) / perSecond / producers.length);
      await Promise.all(
        producers.map((producer, index) =>
          producer.run(new Schedule({ startAt: begins[index] ?? startAt, perSecond, seconds: deps.seconds })),
        ),
      );
    },
  };
}

interface Frame {
  readonly id: number;
  readonly seq: number;
  readonly dueAt: number;
  readonly events: readonly ScorewireEvent[];
}

/** Below what a server takes by default. */
const UNANSWERED_EVENTS = 50_000;
const RETRY_MS = 100;
const CONFLICTS = 3;

class PacedProducer {
  readonly #plan: PublisherPlan;
  readonly #deps: PublisherDeps;
  readonly #source: EventSource;
  readonly #producer = randomUUID();
  /** Not yet answered, in their order. */
  readonly #frames = new Map<number, Frame>();
  #socket: WebSocket | undefined;
  #frameId = 0;
  #seq = 1;
  #unanswered = 0;
  /** All that is unanswered will be sent again, so that nothing may be sent before it. */
  #resends = false;
  #conflicts = 0;
  #ended = false;

  constructor(plan: PublisherPlan, deps: PublisherDeps, source: EventSource) {
    this.#plan = plan;
    this.#deps = deps;
    this.#source = source;
  }

  async connect(): Promise<void> {
    const { url, token } = this.#deps;
    const socket = new WebSocket(socketUrlOf(url), [SUBPROTOCOLS.json], {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString('utf8'))));
    socket.on('close', () => void this.#reconnect());
    this.#socket = socket;
  }

  async run(schedule: Schedule): Promise<void> {
    const { latencies, totals } = this.#deps;
    const { eventsPerPublish } = this.#plan;
    for (;;) {
      // One that is not taken before there is room is due all the while.
      if (this.#unanswered >= UNANSWERED_EVENTS && performance.now() < schedule.endAt) {
        await sleep(1);
        continue;
      }
      const dueAt = schedule.take(performance.now());
      if (dueAt === undefined) break;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const events = this.#source.next(eventsPerPublish);
      if (events.length === 0) {
        schedule.finish();
        break;
      }
      this.#publish(events, dueAt);
    }
    for (const waitedMs of schedule.missed()) {
      totals.missed += eventsPerPublish;
      latencies.record(PUBLISHED.acknowledged.socket, waitedMs);
    }
    await this.#settle();
  }

  #publish(events: readonly ScorewireEvent[], dueAt: number): void {
    const frame = { id: ++this.#frameId, seq: this.#seq, dueAt, events };
    this.#seq += events.length;
    this.#unanswered += events.length;
    this.#frames.set(frame.id, frame);
    this.#deps.latencies.record(PUBLISHED.sent.socket, performance.now() - dueAt);
    this.#deps.totals.sent += events.length;
    if (!this.#resends) this.#send(frame);
  }

  #send({ id, seq, events }: Frame): void {
    this.#socket?.send(JSON.stringify({ type: 'publish', id, producer: this.#producer, seq, events }));
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'ack') this.#acknowledged(frame);
    else if (frame.type === 'error') this.#refused(frame);
  }

  #acknowledged({ id, rejected }: AckFrame): void {
    const frame = this.#frames.get(id);
    // The answer to one that was sent again meanwhile has come already.
    if (frame === undefined) return;
    this.#frames.delete(id);
    this.#conflicts = 0;
    const { latencies, totals } = this.#deps;
    latencies.record(PUBLISHED.acknowledged.socket, performance.now() - frame.dueAt);
    this.#unanswered -= frame.events.length;
    for (const { code, message } of rejected)
      addFailure(totals, `an event was rejected (${code}): ${message}`);
    const refused = new Set(rejected.map(({ index }) => index));
    const applied = frame.events.filter((_, index) => !refused.has(index));
    totals.acknowledged += applied.length;
    this.#plan.book.applied(applied);
  }

  #refused({ code, message, retryAfterMs = RETRY_MS }: ErrorFrame): void {
    const { totals } = this.#deps;
    if (code === 'conflict' && this.#conflicts++ < CONFLICTS) {
      // The claim of a connection that is gone may arrive after that of its successor, which then claims again.
      this.#socket?.close();
    } else if (code === 'rate_limited' || code === 'unavailable' || code === 'resend') {
      totals.postponed += 1;
      if (this.#resends) return;
      this.#resends = true;
      setTimeout(() => this.#resend(), retryAfterMs);
    } else {
      addFailure(totals, `a publish was answered ${code}: ${message}`);
    }
  }

  #resend(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#resends = false;
    for (const frame of this.#frames.values()) this.#send(frame);
  }

  async #reconnect(): Promise<void> {
    if (this.#ended) return;
    this.#deps.totals.lost += 1;
    this.#resends = true;
    while (!this.#ended) {
      await sleep(RETRY_MS);
      const isOpen = await this.connect().then(
        () => true,
        () => false,
      );
      if (isOpen) return this.#resend();
    }
  }

  /** Waits for the answers that are still to come. */
  async #settle(): Promise<void> {
    const deadline = performance.now() + SETTLE_MS;
    while (this.#frames.size > 0 && performance.now() < deadline) await sleep(5);
    this.#ended = true;
    this.#socket?.terminate();
    for (const { events } of this.#frames.values()) {
      this.#deps.totals.unanswered += events.length;
      this.#plan.book.unknown(events);
    }
  }
}
