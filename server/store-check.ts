import type { Clock } from '../runtime/clock.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ScoreStore } from '../store/score-store.ts';

/** By partition: the time that is noted in its probe. */
type Probes = readonly (number | undefined)[];

/** What owners told of the probes, and then what our store had of them. */
export interface ProbeLook {
  readonly shown: Probes;
  readonly stored: Probes;
}

interface StoreCheckDeps {
  readonly store: Pick<ScoreStore, 'doubt' | 'readProbes' | 'partitions' | 'state'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What owners told last. */
  readonly shown: () => Probes;
}

/**
 * Whether the store that this node writes to is the one that owners read. After a failover a node that is cut off with the old master would go on
 * acknowledging what nobody will ever see, while its viewers are served by the bus and all seems well. There the probes stand still,
 * though owners tell of later ones; then the store is doubted, which makes it `down` until the right one is found.
 */
export class StoreCheck implements Service {
  readonly #deps: StoreCheckDeps;
  readonly #periodMs: number;
  #last: ProbeLook | undefined;
  #isAstray = false;
  #stopped = false;
  #cancelTimer = (): void => undefined;
  #running: Promise<void> = Promise.resolve();

  /** `periodMs`: from one look to the next, longer than owners take to write their probes again; 0: none. */
  constructor(deps: StoreCheckDeps, { periodMs }: { readonly periodMs: number }) {
    this.#deps = deps;
    this.#periodMs = periodMs;
  }

  get isAstray(): boolean {
    return this.#isAstray;
  }

  async start(): Promise<void> {
    if (this.#deps.store.doubt !== undefined) this.#arm();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped || this.#periodMs === 0) return;
    const begin = (): void => {
      this.#running = this.#look().then(() => this.#arm());
    };
    this.#cancelTimer = this.#deps.clock.after(this.#periodMs, begin, 'about');
  }

  async #look(): Promise<void> {
    const { store, shown, logger } = this.#deps;
    if (store.state === 'down') {
      this.#last = undefined;
      return;
    }
    const told = shown();
    const stored = await this.#read();
    const look = stored && { shown: told, stored };
    const astray = this.#last && look ? partitionsAstray(this.#last, look) : [];
    this.#last = look;
    if (look === undefined || astray.length === 0) return;
    logger.error({ partitions: astray }, 'broadcasters use another score store than this node: it is left');
    this.#isAstray = true;
    this.#last = undefined;
    store.doubt?.('broadcasters use another Redis', (found) => {
      const seen = { shown: shown(), stored: found };
      this.#isAstray = astray.some((partition) => isAstray(partition, look, seen));
      return !this.#isAstray;
    });
  }

  /** Nothing where the store is away, which it tells by itself. */
  async #read(): Promise<Probes | undefined> {
    const { store } = this.#deps;
    return store.readProbes([...Array(store.partitions).keys()]).catch(() => undefined);
  }
}

/** Those whose probe stood still in our store from one look to the next, while owners told of a later one. */
export function partitionsAstray(before: ProbeLook, now: ProbeLook): readonly number[] {
  return [...now.stored.keys()].filter((partition) => isAstray(partition, before, now));
}

function isAstray(partition: number, before: ProbeLook, now: ProbeLook): boolean {
  const [shown, stored] = [now.shown[partition], now.stored[partition]];
  // What was told is told of what was written, so it cannot be ahead of the store where it was.
  return shown !== undefined && stored === before.stored[partition] && shown > (stored ?? 0);
}
