import type { Clock } from '../../runtime/clock.ts';
import { StartError } from '../../runtime/errors.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import type { Sports } from '../../scoring/sports.ts';
import type { MatchRules } from '../match-rules.ts';
import { type StoreOptions, type StoreState, StoreUnavailableError } from '../score-store.ts';
import type { MemoryData } from './memory-data.ts';
import type { Occasion } from './memory-partition.ts';

/** What the clients of one memory store share. */
export interface MemoryShared {
  readonly clock: Clock;
  readonly scoring: Scoring;
  readonly sports: Sports;
  readonly data: MemoryData;
}

/** A client's own life over the data: it starts, stops, and can be made to be down. */
export abstract class MemoryClient {
  readonly partitions: number;
  protected readonly shared: MemoryShared;
  protected readonly options: StoreOptions;
  protected readonly rules: MatchRules;
  readonly #listeners = new Set<(state: StoreState) => void>();
  #state: StoreState = 'up';
  #stopped = false;

  constructor(shared: MemoryShared, options: StoreOptions) {
    this.partitions = options.partitions;
    this.shared = shared;
    this.options = options;
    const { sports, scoring } = shared;
    this.rules = { sports, failed: scoring.failed };
  }

  async start(): Promise<void> {
    const stored = this.shared.data.partitions.length;
    if (this.partitions !== stored) {
      throw new StartError(`the store has ${stored} partitions, but the setting says ${this.partitions}`);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#listeners.clear();
  }

  get state(): StoreState {
    return this.#state;
  }

  onState(listener: (state: StoreState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For tests and simulations: while down, every method of this client refuses; `up` again tells of a reconnection. */
  setState(state: StoreState): void {
    if (state === 'down' && this.#state === 'down') return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  protected reach(): MemoryData {
    if (this.#stopped)
      throw new StoreUnavailableError('the memory store has been stopped', { change: 'not_sent' });
    if (this.#state === 'down')
      throw new StoreUnavailableError('the memory store is down', { change: 'not_sent' });
    return this.shared.data;
  }

  protected occasion(acceptedAt: number): Occasion {
    const { clock, scoring } = this.shared;
    return { now: clock.now(), acceptedAt, options: this.options, scoring, rules: this.rules };
  }
}
