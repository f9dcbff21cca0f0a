import type { Clock } from '../runtime/clock.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { PartitionLease, ScoreStore } from '../store/score-store.ts';
import { Wakefulness } from './wakefulness.ts';

/** What leases give the right to. Terms of a partition never overlap: the next begins when the end of the last has resolved. */
export interface LeaseHolder {
  begin(leases: readonly PartitionLease[]): void;
  /** `lost`: nothing may be published any more. `handed over`: the leases still stand, what is under way may be finished. */
  end(partitions: readonly number[], why: 'lost' | 'handed over'): Promise<void>;
}

interface LeaseKeeperOptions {
  readonly owner: string;
  readonly partitions: number;
  readonly termMs: number;
  readonly renewMs: number;
  /** Attempts while partitions are lacking. */
  readonly retryMs: number;
}

interface LeaseKeeperDeps {
  readonly store: Pick<ScoreStore, 'acquireLeases' | 'renewLeases' | 'releaseLeases'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly holder: LeaseHolder;
  /** What should be held. What is held besides is given back, at leisure. */
  readonly wanted: () => ReadonlySet<number>;
  /** Of these the leases were given back, and others may have them. */
  readonly freed: (partitions: readonly number[]) => void;
}

interface Held extends PartitionLease {
  /** When the store was last asked for the confirmation that it then gave. */
  confirmedAt: number;
  isLeaving: boolean;
}

/**
 * Holds the leases of the wanted partitions whenever they can be had: acquires them, renews them, gives back what is not wanted any
 * more, all that is due with one call. Begins and ends the holder's terms. While the store does not answer, terms go on unconfirmed:
 * most likely nobody else reaches the store either, and stale views are better than none.
 */
export class LeaseKeeper implements Service {
  readonly #deps: LeaseKeeperDeps;
  readonly #options: LeaseKeeperOptions;
  readonly #wakefulness: Wakefulness;
  readonly #held = new Map<number, Held>();
  /** Partitions whose last term has not ended yet. */
  readonly #ending = new Set<number>();
  /** The highest number of each partition that was heard of. */
  readonly #highest: number[];
  #isAnswered = true;
  #stopping = false;
  #acquiring: Promise<void> | undefined;
  #isRenewing = false;
  readonly #handovers = new Set<Promise<void>>();
  #isStarted = false;
  #stopped: Promise<void> | undefined;
  #cancelLook = (): void => undefined;
  #cancelBeat = (): void => undefined;

  constructor(deps: LeaseKeeperDeps, options: LeaseKeeperOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#highest = Array.from({ length: options.partitions }, () => 0);
    this.#wakefulness = new Wakefulness(deps.clock, options.termMs / 2);
  }

  /** Whether the last call was answered. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** False after this process has been at a standstill, until it knows again what it holds: it may not say anything as an owner. */
  get isAwake(): boolean {
    return this.#wakefulness.isAwake;
  }

  /** Whether this lease allows publishing: the store has confirmed it within half a term, counted from before it was asked. */
  isConfirmed({ partition, fence }: PartitionLease): boolean {
    const held = this.#held.get(partition);
    if (held?.fence !== fence) return false;
    const unconfirmedMs = this.#deps.clock.now() - held.confirmedAt;
    // Less than zero: the clock was set back, so how long it has been is unknown until the next renewal.
    return unconfirmedMs >= 0 && unconfirmedMs < this.#options.termMs / 2;
  }

  /** Somebody has, or had, this lease: a lower one of ours is outdated. */
  noteHeard({ partition, fence }: PartitionLease): void {
    if (!(fence > (this.#highest[partition] ?? Number.POSITIVE_INFINITY))) return;
    this.#highest[partition] = fence;
    const held = this.#held.get(partition);
    if (held !== undefined && held.fence < fence) this.#lose([held]);
  }

  /** These have turned out to be outdated. */
  giveUp(leases: readonly PartitionLease[]): void {
    this.#lose(
      leases.flatMap(({ partition, fence }) => {
        const held = this.#held.get(partition);
        return held?.fence === fence ? [held] : [];
      }),
    );
  }

  /** Resolves after the first attempt, however it went. */
  start(): Promise<void> {
    if (this.#stopping || this.#isStarted) return this.#acquiring ?? Promise.resolve();
    this.#isStarted = true;
    return this.#begin();
  }

  /** Ends all terms, then gives the leases back. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  /** Acquires what is lacking and gives back what is not wanted, at once. */
  look(): void {
    if (!this.#isStarted || this.#stopping) return;
    const wanted = this.#deps.wanted();
    this.#handOver((partition) => !wanted.has(partition));
    this.#acquiring ??= this.#acquire(wanted).finally(() => {
      this.#acquiring = undefined;
    });
  }

  /** The store can be reached again. */
  renewNow(): void {
    void this.#renew();
    this.look();
  }

  async #begin(): Promise<void> {
    const beat = (): void => {
      this.#wakefulness.beat();
      void this.#renew();
      this.#cancelBeat = this.#deps.clock.after(this.#options.renewMs, beat, 'about');
    };
    const look = (): void => {
      this.look();
      this.#cancelLook = this.#deps.clock.after(this.#options.retryMs, look, 'about');
    };
    beat();
    look();
    await this.#acquiring;
  }

  async #end(): Promise<void> {
    this.#stopping = true;
    this.#cancelLook();
    await this.#acquiring;
    this.#handOver(() => true);
    await Promise.all(this.#handovers);
    this.#cancelBeat();
  }

  async #acquire(wanted: ReadonlySet<number>): Promise<void> {
    const { store, clock, logger, holder } = this.#deps;
    const { owner, termMs } = this.#options;
    const lacking = [...wanted].filter((each) => !this.#held.has(each) && !this.#ending.has(each));
    if (lacking.length === 0) return;
    const askedAt = clock.now();
    const highest = lacking.map((partition) => ({ partition, fence: this.#highest[partition] ?? 0 }));
    const won = await this.#ask(() => store.acquireLeases(highest, owner, termMs));
    if (won === undefined || won.length === 0) return;
    if (this.#stopping) return this.#release(won);
    for (const { partition, fence } of won) {
      this.#highest[partition] = Math.max(fence, this.#highest[partition] ?? 0);
      this.#held.set(partition, { partition, fence, confirmedAt: askedAt, isLeaving: false });
    }
    logger.info({ partitions: won.map(({ partition }) => partition) }, 'partitions are owned');
    holder.begin(won);
  }

  async #renew(): Promise<void> {
    const { store, clock } = this.#deps;
    const { owner, termMs } = this.#options;
    if (this.#isRenewing) return;
    const askedAt = clock.now();
    const asked = [...this.#held.values()];
    if (asked.length > 0) {
      this.#isRenewing = true;
      const answer = await this.#ask(() => store.renewLeases(asked, owner, termMs));
      this.#isRenewing = false;
      if (answer !== undefined) {
        const kept = new Set(answer.map(({ partition }) => partition));
        for (const each of asked) if (kept.has(each.partition)) each.confirmedAt = askedAt;
        this.#lose(asked.filter(({ partition }) => !kept.has(partition)));
      }
    }
    this.#wakefulness.settle(askedAt);
  }

  #lose(leases: readonly Held[]): void {
    const lost = leases.filter((each) => this.#held.get(each.partition) === each);
    if (lost.length === 0) return;
    const partitions = lost.map(({ partition }) => partition);
    for (const partition of partitions) this.#held.delete(partition);
    this.#deps.logger.warn({ partitions }, 'partitions are lost');
    void this.#endTerms(partitions, 'lost');
  }

  #handOver(isToGo: (partition: number) => boolean): void {
    const leaving = [...this.#held.values()].filter((each) => !each.isLeaving && isToGo(each.partition));
    if (leaving.length === 0) return;
    for (const each of leaving) each.isLeaving = true;
    const handover = this.#giveBack(leaving).finally(() => this.#handovers.delete(handover));
    this.#handovers.add(handover);
  }

  async #giveBack(leaving: readonly Held[]): Promise<void> {
    await this.#endTerms(
      leaving.map(({ partition }) => partition),
      'handed over',
    );
    const still = leaving.filter((each) => this.#held.get(each.partition) === each);
    for (const { partition } of still) this.#held.delete(partition);
    if (still.length === 0) return;
    await this.#release(still);
    const partitions = still.map(({ partition }) => partition);
    this.#deps.logger.info({ partitions }, 'partitions are handed over');
    this.#deps.freed(partitions);
  }

  async #endTerms(partitions: readonly number[], why: 'lost' | 'handed over'): Promise<void> {
    for (const partition of partitions) this.#ending.add(partition);
    await this.#deps.holder.end(partitions, why);
    for (const partition of partitions) this.#ending.delete(partition);
  }

  async #release(leases: readonly PartitionLease[]): Promise<void> {
    await this.#ask(() => this.#deps.store.releaseLeases(leases, this.#options.owner));
  }

  /** `undefined` where there was no answer; one warning per outage, not one per attempt. */
  async #ask<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      const answer = await call();
      this.#isAnswered = true;
      return answer;
    } catch (error) {
      if (this.#isAnswered) this.#deps.logger.warn({ err: error }, 'leases are not answered');
      this.#isAnswered = false;
      return undefined;
    }
  }
}
