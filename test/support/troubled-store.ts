import type { ProductConfig } from '../../protocol/products.ts';
import type {
  Batch,
  BatchVerdict,
  ClaimVerdict,
  OnceVerdict,
  ScoreStore,
  StoreState,
} from '../../store/score-store.ts';
import { StoreUnavailableError } from '../../store/score-store.ts';

/** What may happen to a call: it works, or is lost before or after it has worked, or works long after it was given up. */
const TROUBLES = ['lost', 'unanswered', 'late'] as const;
type Trouble = (typeof TROUBLES)[number];

/** Writes of a store over a network that loses and delays; every call is decided for itself. */
export class TroubledStore {
  readonly partitions: number;
  /** How many of the calls are troubled, 0 to 1. */
  trouble = 0;
  /** What happens to the next call, whatever happens to the others. */
  next: Trouble | undefined;
  readonly #store: ScoreStore;
  readonly #random: () => number;
  readonly #late: (() => void)[] = [];
  /** What became of batches behind others. */
  readonly behind = { applied: 0, left: 0 };
  #sent = 0;
  /** By partition: the batch that was sent last, while it is not answered, and the one that was applied last. */
  readonly #unanswered = new Map<number, number>();
  readonly #applied = new Map<number, number>();

  constructor(store: ScoreStore, random: () => number) {
    this.#store = store;
    this.#random = random;
    this.partitions = store.partitions;
  }

  get state(): StoreState {
    return this.#store.state;
  }

  apply(batch: Batch): Promise<BatchVerdict> {
    return this.#send(batch, (apply) => apply());
  }

  async applyBehind(batch: Batch): Promise<BatchVerdict | undefined> {
    const before = this.#unanswered.get(batch.partition);
    // As where it can't be sent as it is.
    const isLeft = this.#random() < this.trouble / 2;
    if (isLeft) this.#unanswered.delete(batch.partition);
    if (before === undefined || isLeft) return undefined;
    return this.#send(batch, async (apply) => {
      const isNext = this.#applied.get(batch.partition) === before;
      this.behind[isNext ? 'applied' : 'left'] += 1;
      return isNext ? apply() : undefined;
    });
  }

  #send<Verdict>(
    batch: Batch,
    work: (apply: () => Promise<BatchVerdict>) => Promise<Verdict>,
  ): Promise<Verdict> {
    // What is read later must be what was sent.
    const sent = { ...batch, parts: structuredClone(batch.parts.map(plain)) };
    const { partition } = batch;
    const number = ++this.#sent;
    this.#unanswered.set(partition, number);
    const apply = () => {
      this.#applied.set(partition, number);
      return this.#store.apply(sent);
    };
    return this.#call(() => work(apply)).finally(() => {
      if (this.#unanswered.get(partition) === number) this.#unanswered.delete(partition);
    });
  }

  claimProducer(producer: string, latest: number, givenUp?: AbortSignal): Promise<ClaimVerdict> {
    return this.#call(() => this.#store.claimProducer(producer, latest, givenUp));
  }

  beginOnce(key: string, bodyHash: string): Promise<OnceVerdict> {
    return this.#call(() => this.#store.beginOnce(key, bodyHash));
  }

  readProducts(products: readonly string[]): Promise<readonly (ProductConfig | undefined)[]> {
    return this.#call(() => this.#store.readProducts(products));
  }

  /** One of the calls that were given up happens now. */
  happenLate(): void {
    this.#late.splice(Math.floor(this.#random() * this.#late.length), 1)[0]?.();
  }

  #chance(): Trouble | undefined {
    return this.#random() < this.trouble ? TROUBLES[Math.floor(this.#random() * TROUBLES.length)] : undefined;
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    const trouble = this.next ?? this.#chance();
    this.next = undefined;
    for (let turns = Math.floor(this.#random() * 4); turns > 0; turns--) await turn();
    if (trouble === 'lost') throw new StoreUnavailableError('lost on the way there');
    if (trouble === 'late') {
      this.#late.push(() => void work().catch(() => undefined));
      throw new StoreUnavailableError('given up');
    }
    const result = await work();
    for (let turns = Math.floor(this.#random() * 4); turns > 0; turns--) await turn();
    if (trouble === 'unanswered') throw new StoreUnavailableError('lost on the way back');
    return result;
  }
}

function plain({ operations, producer }: Batch['parts'][number]): Batch['parts'][number] {
  return { operations, ...(producer === undefined ? {} : { producer }) };
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
