import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { preciseNow, type Traces } from '../../runtime/traces.ts';
import type { BatchVerdict, Operation, ScoreStore } from '../../store/score-store.ts';
import type { BatchCounts } from './batch-counts.ts';
import type { EndOfTurn } from './end-of-turn.ts';
import type { ProducerOwner, QueuedPart } from './queued-parts.ts';
import type { Loss, OperationOwner } from './settlement.ts';
import { logStoreFailure, lossOf, lossOfDown } from './store-failure.ts';
import { traceBatch } from './trace-batch.ts';
import { type ProducerOperations, type WaitingBatch, WaitingBatches } from './waiting-batches.ts';

/** What failed before knows better why, and how long to wait: this changes nothing of it. */
const ABANDONED: Loss = { attempted: false, trouble: 'refused', retryAfterMs: 0 };

/** A batch that the store has. */
interface Sent {
  readonly batch: WaitingBatch;
  /** Gives what is left to be done, which may wait until the next batch is sent; `undefined` where nothing was done of it and it has to go again. */
  readonly answer: Promise<(() => void) | undefined>;
}

/** At one partition: those behind the first are there when the store is done with that, whenever this node reads the answer. */
export const MAX_BATCHES_UNDER_WAY = 4;

/**
 * The operations of one partition, in order of arrival. What one turn of the event loop brings is one batch. One is under way at a time, or full ones
 * behind it, and what arrives meanwhile forms the next: batches grow with the load by themselves, and the order never depends on the network.
 */
export class PartitionQueue {
  readonly #store: Pick<ScoreStore, 'apply' | 'applyBehind' | 'state' | 'writeRefusal'>;
  readonly #logger: Logger;
  readonly #counts: BatchCounts;
  readonly #traces: Traces | undefined;
  readonly #endOfTurn: EndOfTurn;
  readonly #partition: number;
  readonly #waiting = new WaitingBatches();
  /** In order; no more than `#most`. */
  readonly #sent: Sent[] = [];
  readonly #most: number;
  #isReadingAnswers = false;
  #isWoken = false;

  constructor(
    deps: {
      readonly store: Pick<ScoreStore, 'apply' | 'applyBehind' | 'state' | 'writeRefusal'>;
      readonly logger: Logger;
      readonly counts: BatchCounts;
      readonly traces?: Traces | undefined;
      readonly endOfTurn: EndOfTurn;
    },
    partition: number,
  ) {
    this.#store = deps.store;
    this.#logger = deps.logger;
    this.#counts = deps.counts;
    this.#traces = deps.traces;
    this.#endOfTurn = deps.endOfTurn;
    this.#partition = partition;
    this.#most = deps.store.applyBehind === undefined ? 1 : MAX_BATCHES_UNDER_WAY;
  }

  /** The operations of one event, which go together. True where `wake` has to be called, when the caller has added all it has. */
  add(operations: readonly Operation[], owner: OperationOwner, index: number, acceptedAt: number): boolean {
    const { isEmpty } = this.#waiting;
    this.#waiting.add(operations, owner, index, acceptedAt);
    return this.#isDue(isEmpty);
  }

  /** The same for the only operation of an event, which nearly all events have. */
  addOne(operation: Operation, owner: OperationOwner, index: number, acceptedAt: number): boolean {
    const { isEmpty } = this.#waiting;
    this.#waiting.addOne(operation, owner, index, acceptedAt);
    return this.#isDue(isEmpty);
  }

  /** `wake` has to be called afterwards. */
  addProducer(given: ProducerOperations, owner: ProducerOwner, acceptedAt: number): void {
    this.#waiting.addProducer(given, owner, acceptedAt);
  }

  /** A full batch goes at once, where not too many are under way; another one when the turn has brought all that goes with it. */
  wake(): void {
    if (this.#isWoken) return;
    if (this.#waiting.hasFull) this.#send();
    else if (this.#sent.length === 0) {
      this.#isWoken = true;
      this.#endOfTurn.add(this);
    }
  }

  flush(): void {
    this.#isWoken = false;
    this.#send();
  }

  /** Whether there is something for `wake` to do. */
  #isDue(wasEmpty: boolean): boolean {
    return this.#sent.length === 0 ? wasEmpty : this.#sent.length < this.#most && this.#waiting.hasFull;
  }

  #send(): void {
    while (this.#sent.length === 0 || (this.#sent.length < this.#most && this.#waiting.hasFull)) {
      const batch = this.#waiting.take();
      if (batch === undefined) return;
      this.#give(batch);
    }
    if (!this.#isReadingAnswers) void this.#readAnswers();
  }

  #give(batch: WaitingBatch): void {
    this.#sent.push({ batch, answer: this.#apply(batch, this.#sent.length > 0) });
  }

  /** What has come meanwhile is sent before the last batch is settled, so that the store never waits for this node to answer its publishers. */
  async #readAnswers(): Promise<void> {
    this.#isReadingAnswers = true;
    for (let [first] = this.#sent; first !== undefined; [first] = this.#sent) {
      const settle = await first.answer;
      if (settle === undefined) {
        await this.#giveAgain();
      } else {
        this.#sent.shift();
        this.#send();
        settle();
      }
    }
    this.#isReadingAnswers = false;
  }

  /** Of the first nothing was done, nor of what is behind it, but where that is lost. */
  async #giveAgain(): Promise<void> {
    const left: WaitingBatch[] = [];
    // Others may be sent meanwhile.
    for (let i = 0; i < this.#sent.length; i++) {
      const { batch, answer } = this.#sent[i] as Sent;
      const settle = await answer;
      if (settle === undefined) left.push(batch);
      else settle();
    }
    this.#sent.length = 0;
    for (const batch of left) this.#give(batch);
  }

  /** Behind another one it may be that nothing is done of it, as where that one was not applied. */
  async #apply(waiting: WaitingBatch, isBehind: boolean): Promise<(() => void) | undefined> {
    // What waits behind a batch that timed out must not time out batch by batch too.
    if (this.#store.state === 'down') return lose(waiting.parts, lossOfDown(this.#store));
    // For good: they are told so here, and not again where the others have to be sent again.
    waiting.parts = withoutAbandoned(waiting.parts);
    const { acceptedAt, parts } = waiting;
    if (parts.length === 0) return nothing;
    const sentAt = this.#traces && preciseNow();
    const batch = { partition: this.#partition, acceptedAt, parts };
    let verdict: BatchVerdict | undefined;
    try {
      verdict = await this.#counts.measure(parts, async () =>
        isBehind ? this.#store.applyBehind?.(batch) : this.#store.apply(batch),
      );
      if (verdict === undefined) return undefined;
      assert(verdict.parts.length === parts.length, 'every part of a batch has its verdict');
    } catch (error) {
      const fields = { partition: this.#partition, parts: parts.length };
      const retryAfterMs = logStoreFailure(this.#logger, error, 'a batch could not be applied', fields);
      return lose(parts, lossOf(error, retryAfterMs));
    }
    if (this.#traces && sentAt) traceBatch(this.#traces, batch, sentAt);
    const { parts: verdicts } = verdict;
    const settle = () => {
      for (const [i, part] of parts.entries()) {
        const partVerdict = verdicts[i];
        if (partVerdict !== undefined) part.settled(partVerdict);
      }
    };
    if (verdicts.every(({ status }) => status === 'settled')) return settle;
    settle();
    return nothing;
  }
}

/**
 * Where a part failed, a later one of the same producer must not apply: its numbers would make the failed ones look like
 * settled ones.
 */
function withoutAbandoned(parts: QueuedPart[]): QueuedPart[] {
  if (!parts.some(({ abandoned }) => abandoned)) return parts;
  lose(
    parts.filter(({ abandoned }) => abandoned),
    ABANDONED,
  );
  return parts.filter(({ abandoned }) => !abandoned);
}

function lose(parts: readonly QueuedPart[], loss: Loss): () => void {
  for (const part of parts) part.lost(loss);
  return nothing;
}

function nothing(): void {}
