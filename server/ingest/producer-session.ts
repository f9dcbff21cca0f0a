import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfProducer } from '../../store/partitions.ts';
import type { ProducerClaim, ScoreStore } from '../../store/score-store.ts';
import { takeOver } from '../../store/take-over.ts';
import type { Identity } from '../auth/identity.ts';
import { isTakenOver } from './claim-check.ts';
import { NO_PRODUCTS, type ProductConfigs } from './expansion.ts';
import type { ProducerSession, ProducerVerdict, PublishVerdict } from './ingest-types.ts';
import { ProducerBatch, type ProducerBatchDeps } from './producer-batch.ts';
import type { ClaimedProducer, ProducerFrame } from './producer-operations.ts';
import { type ProductReader, productsOf } from './product-reader.ts';
import { RememberedRejections } from './remembered-rejections.ts';
import { SettledNumbers } from './settled-numbers.ts';
import { type Loss, troubleOf } from './settlement.ts';
import { logStoreFailure, lossOf } from './store-failure.ts';
import { windowPeriodOf } from './window-period.ts';

/** Events of one batch of a producer, beside one publish of any size: what a resend after a failure costs at most. */
export const MAX_PRODUCER_BATCH_EVENTS = 4096;

export type Refusal = Extract<PublishVerdict, { ok: false }>;

export interface ProducerSessionDeps extends ProducerBatchDeps {
  readonly store: Pick<ScoreStore, 'claimProducer'>;
  readonly products: ProductReader;
  readonly logger: Logger;
  readonly now: () => number;
  /** Takes so many events in, or says why it does not. */
  readonly admit: (events: number) => Refusal | undefined;
  /** So many of them are settled or given up. */
  readonly release: (events: number) => void;
}

interface QueuedFrame extends ProducerFrame {
  readonly acceptedAt: number;
  readonly resolve: (verdict: ProducerVerdict | undefined) => void;
}

const TAKEN_OVER = 'another connection has taken this producer over';
/** Of what nobody waits for. */
const CLOSED: Loss = { attempted: false, trouble: 'away', retryAfterMs: 0 };

export class RunningProducerSession implements ProducerSession {
  readonly #deps: ProducerSessionDeps;
  readonly #id: string;
  readonly #queue: QueuedFrame[] = [];
  #claimed: ClaimedProducer | undefined;
  #dead: ProducerVerdict | undefined;
  /** The number that the next frame may begin with at most; none before the first frame. */
  #wanted: number | undefined;
  #hasAccepted = false;
  /** The last number that is settled; counts from the first frame on. */
  #settled = 0;
  /** Where the last frame began that did not continue; 0 where the last one did. */
  #gapAt = 0;
  /** The latest batch did not settle, which explains a gap by itself. */
  #hasFailed = false;
  #running = false;
  /** Aborted by `close`: a claim that is still being made must not take the producer from a connection that came later. */
  readonly #closing = new AbortController();

  constructor(deps: ProducerSessionDeps, id: string) {
    this.#deps = deps;
    this.#id = id;
  }

  publish(seq: number, events: readonly unknown[], identity: Identity): Promise<ProducerVerdict | undefined> {
    if (this.#closing.signal.aborted) return Promise.resolve(undefined);
    if (this.#dead !== undefined) return Promise.resolve(this.#dead);
    if (this.#wanted !== undefined && seq > this.#wanted)
      return this.#outOfStep(this.#gap(seq, this.#wanted));
    this.#gapAt = 0;
    this.#wanted ??= seq;
    const refusal = endsBeyondNumbers(seq, events) ?? this.#deps.admit(events.length);
    if (refusal !== undefined) return Promise.resolve(refusal);
    // A frame that was refused says where this producer would have begun, not where it did.
    const end = seq + events.length;
    this.#wanted = this.#hasAccepted ? Math.max(this.#wanted, end) : end;
    this.#hasAccepted = true;
    return new Promise((resolve) => {
      this.#queue.push({ seq, events, identity, acceptedAt: this.#deps.now(), resolve });
      if (!this.#running) void this.#run();
    });
  }

  refused(seq: number): void {
    this.#wanted ??= seq;
  }

  close(): void {
    this.#closing.abort();
    this.#leaveOut();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) {
      const producer = this.#claimed ?? (await this.#claim());
      const frames = this.#takeFrames();
      if (frames === undefined) break;
      if ('retryAfterMs' in producer) this.#fail(frames, producer);
      else await this.#settle(producer, frames);
    }
    this.#running = false;
  }

  async #claim(): Promise<ClaimedProducer | Loss> {
    let claimed: ProducerClaim;
    try {
      claimed = await takeOver(this.#deps.store, this.#id, this.#closing.signal);
    } catch (error) {
      if (this.#closing.signal.aborted) return CLOSED;
      return lossOf(error, logStoreFailure(this.#deps.logger, error, 'a producer could not be claimed'));
    }
    const { claim, last, settled, rejected } = claimed;
    this.#claimed = {
      id: this.#id,
      claim,
      home: partitionOfProducer(this.#id, this.#deps.queues.length),
      rejected: new RememberedRejections(rejected),
      settled: new SettledNumbers(settled),
      accepted: new Map(),
    };
    this.#begin(last);
    return this.#claimed;
  }

  /** Whatever lies between the last number of which the store knows and the first frame would be lost unnoticed. */
  #begin(last: number): void {
    const first = this.#queue[0];
    if (first === undefined) return;
    if (first.seq <= last + 1) {
      this.#settled = first.seq - 1;
      return;
    }
    if (last === 0) {
      this.#die(
        'the store does not know this producer, or not any more: a new one begins with the number 1',
        [],
      );
      return;
    }
    this.#queue.shift();
    this.#wanted = last + 1;
    this.#gapAt = 0;
    this.#answer(first, this.#gap(first.seq, this.#wanted));
    this.#leaveOut();
  }

  /** Whatever waits, continues each other and belongs to the same windows. */
  #takeFrames(): [QueuedFrame, ...QueuedFrame[]] | undefined {
    const first = this.#queue[0];
    if (first === undefined) return undefined;
    let count = 1;
    let events = first.events.length;
    for (let next = this.#queue[count]; next !== undefined; next = this.#queue[count]) {
      if (next.seq !== first.seq + events) break;
      if (windowPeriodOf(next.acceptedAt) !== windowPeriodOf(first.acceptedAt)) break;
      if (events + next.events.length > MAX_PRODUCER_BATCH_EVENTS) break;
      events += next.events.length;
      count++;
    }
    return this.#queue.splice(0, count) as [QueuedFrame, ...QueuedFrame[]];
  }

  async #settle(producer: ClaimedProducer, frames: [QueuedFrame, ...QueuedFrame[]]): Promise<void> {
    let wanted: Set<string> | undefined;
    for (const { events } of frames) wanted = productsOf(events, wanted);
    const products = wanted === undefined ? NO_PRODUCTS : await this.#readProducts(wanted);
    if ('attempted' in products) return this.#fail(frames, products);
    const { acceptedAt } = frames[0];
    const known = await new ProducerBatch(this.#deps, producer, frames, products, acceptedAt).outcome;
    switch (known.status) {
      case 'settled':
        this.#hasFailed = false;
        noteSettled(producer, frames);
        for (const [i, frame] of frames.entries()) {
          const verdict = known.frames[i];
          this.#settled = Math.max(this.#settled, frame.seq + frame.events.length - 1);
          if (verdict !== undefined) this.#answer(frame, { ok: true, ...verdict, seq: this.#settled });
        }
        break;
      case 'lost':
        this.#fail(frames, known.loss);
        break;
      case 'conflict':
        this.#die(TAKEN_OVER, frames);
        break;
    }
  }

  async #readProducts(products: ReadonlySet<string>): Promise<ProductConfigs | Loss> {
    try {
      return await this.#deps.products.read(products);
    } catch (error) {
      const what = 'settings of products could not be read';
      return { ...lossOf(error, logStoreFailure(this.#deps.logger, error, what)), attempted: false };
    }
  }

  /** Everything from the first of these frames on has to be sent again, but for what was settled before. */
  #fail(frames: readonly [QueuedFrame, ...QueuedFrame[]], loss: Loss): void {
    this.#wanted = Math.max(frames[0].seq, this.#settled + 1);
    this.#gapAt = 0;
    this.#hasFailed = true;
    const message = `${troubleOf(loss)}: send again from number ${this.#wanted}, nothing will count twice`;
    for (const frame of frames) {
      this.#answer(frame, { ok: false, code: 'unavailable', message, retryAfterMs: loss.retryAfterMs });
    }
    this.#leaveOut();
  }

  #die(message: string, frames: readonly QueuedFrame[]): void {
    this.#dead = { ok: false, code: 'conflict', message };
    for (const frame of [...frames, ...this.#queue.splice(0)]) this.#answer(frame, this.#dead);
  }

  /** A gap is what a publisher sends too that went on through another connection: then it is told that, and not to send again. */
  async #outOfStep(verdict: ProducerVerdict | undefined): Promise<ProducerVerdict | undefined> {
    const producer = this.#claimed;
    if (verdict === undefined || producer === undefined || !this.#canAsk()) return verdict;
    const home = this.#deps.queues[producer.home];
    assert(home !== undefined, 'every partition has a queue');
    this.#running = true;
    if (await isTakenOver(home, producer, this.#settled, this.#deps.now())) this.#die(TAKEN_OVER, []);
    this.#running = false;
    if (this.#queue.length > 0) void this.#run();
    return this.#dead ?? verdict;
  }

  /** What is on its way will tell by itself, and a store in trouble tells nothing; before anything is settled there is no number to ask with. */
  #canAsk(): boolean {
    return !this.#running && !this.#hasFailed && this.#settled > 0;
  }

  /** Told once to frames that follow each other, which were sent before it was known; who goes back, but not far enough, is told again. */
  #gap(seq: number, wanted: number): ProducerVerdict | undefined {
    const isTold = seq > this.#gapAt && this.#gapAt !== 0;
    this.#gapAt = seq;
    if (isTold) return undefined;
    const message = `the event with number ${wanted} is wanted next: send again from there`;
    return { ok: false, code: 'resend', message, seq: wanted };
  }

  #leaveOut(): void {
    for (const frame of this.#queue.splice(0)) this.#answer(frame, undefined);
  }

  #answer(frame: QueuedFrame, verdict: ProducerVerdict | undefined): void {
    this.#deps.release(frame.events.length);
    frame.resolve(verdict);
  }
}

/** What is settled can not be half done any more. */
function noteSettled({ settled, accepted }: ClaimedProducer, frames: readonly QueuedFrame[]): void {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) return;
  const end = last.seq + last.events.length;
  settled.add(first.seq, end - 1);
  for (const number of accepted.keys()) if (number < end) accepted.delete(number);
}

function endsBeyondNumbers(seq: number, events: readonly unknown[]): Refusal | undefined {
  // The sum itself would not be exact.
  if (seq - 1 <= Number.MAX_SAFE_INTEGER - events.length) return undefined;
  return { ok: false, code: 'too_large', message: 'the numbers of a producer end at 2^53 - 1' };
}
