import type { ServerFrame } from '../../protocol/frames.ts';
import type { FakeSocket } from '../../server/gateway/support.contract.ts';
import { type Batch, type ScoreStore, StoreUnavailableError } from '../../store/score-store.ts';

/** Boards that only producers write to, so that their sums are known. */
export const PRODUCED_BOARDS = ['p', 'q', 'r', 's'];
const MEMBERS = ['ann', 'bob', 'cat'];
const MAX_FRAME_EVENTS = 12;
const WINDOW_EVENTS = 60;

/** The store as seen through a bad network: a batch may fail before it is applied, or after, and nobody can tell which. */
export function doubtfulWrites(
  store: ScoreStore,
  fails: () => 'before' | 'after' | undefined,
): Pick<ScoreStore, 'partitions' | 'apply' | 'claimProducer' | 'beginOnce' | 'readProducts' | 'state'> {
  return {
    partitions: store.partitions,
    get state() {
      return store.state;
    },
    claimProducer: (producer, latest) => store.claimProducer(producer, latest),
    beginOnce: (key, bodyHash) => store.beginOnce(key, bodyHash),
    readProducts: (products) => store.readProducts(products),
    apply: async (batch: Batch) => {
      const failure = fails();
      if (failure === 'before') throw new StoreUnavailableError('it did not happen');
      const verdict = await store.apply(batch);
      if (failure === 'after') throw new StoreUnavailableError('it happened, but the answer was lost');
      return verdict;
    },
  };
}

/**
 * A queue of numbered events that is sent until all are settled, over whatever connection there is; it goes back at random and
 * follows what it is told.
 */
export class SimulatedProducer {
  readonly expected = new Map<string, number>();
  settled = 0;
  conflicts = 0;
  readonly #id: string;
  readonly #events: readonly object[];
  readonly #random: () => number;
  #socket: FakeSocket | undefined;
  #next = 1;
  #read = 0;

  constructor(id: string, count: number, random: () => number) {
    this.#id = id;
    this.#random = random;
    this.#events = Array.from({ length: count }, () => {
      const board = PRODUCED_BOARDS[this.#below(PRODUCED_BOARDS.length)] ?? 'p';
      const member = MEMBERS[this.#below(MEMBERS.length)] ?? 'ann';
      const delta = 1 + this.#below(9);
      const key = `${board}/${member}`;
      this.expected.set(key, (this.expected.get(key) ?? 0) + delta);
      return { type: 'score', board, member, delta };
    });
  }

  get done(): boolean {
    return this.settled >= this.#events.length;
  }

  connect(socket: FakeSocket): void {
    this.#socket?.hangUp();
    this.#socket = socket;
    this.#next = this.settled + 1;
    this.#read = 0;
  }

  get connected(): boolean {
    return this.#socket !== undefined && this.#socket.closeCode === undefined;
  }

  /** Reads what came, then sends some. */
  step(): void {
    const socket = this.#socket;
    if (socket === undefined || socket.closeCode !== undefined) return;
    for (const frame of socket.frames.slice(this.#read)) this.#receive(frame);
    this.#read = socket.frames.length;
    for (let frames = this.#below(4); frames > 0 && this.#next <= this.#events.length; frames--) {
      if (this.#next > this.settled + WINDOW_EVENTS) break;
      if (this.#random() < 0.15) this.#next = this.settled + 1 + this.#below(this.#next - this.settled);
      const events = this.#events.slice(this.#next - 1, this.#next + this.#below(MAX_FRAME_EVENTS));
      socket.push({ type: 'publish', id: this.#next, producer: this.#id, seq: this.#next, events });
      this.#next += events.length;
    }
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'ack') this.settled = Math.max(this.settled, frame.seq ?? 0);
    if (frame.type !== 'error') return;
    if (frame.code === 'resend') this.#next = frame.seq ?? this.settled + 1;
    else if (frame.code === 'conflict') this.conflicts++;
    else this.#next = this.settled + 1;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
