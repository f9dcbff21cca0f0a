import type { PendingEvent } from './pending-events.ts';
import type { PublishQueue, QueueContents, QueuedEvent } from './publish-queue.ts';
import type { Timers } from './timers.ts';

interface QueueKeeperDeps {
  readonly queue: PublishQueue;
  readonly timers: Timers;
  /** What an earlier process has left. */
  loaded(contents: QueueContents | undefined): void;
  /** These may be sent. */
  stored(events: readonly PendingEvent[]): void;
  /** These are not in the queue and never will be. */
  notStored(events: readonly PendingEvent[], cause: unknown): void;
  /** The queue failed at what nobody waits for. */
  failed(cause: unknown): void;
}

interface Restart {
  readonly producer: string;
  readonly events: () => readonly PendingEvent[];
  readonly done: () => void;
}

/** Events that go to the queue at once; the more of them wait, the fewer times it has to be waited for. */
const STORED_AT_ONCE = 1024;
const RESTART_RETRY_MS = 1000;

/** Does with the queue one thing after the other, and nothing is sent before the queue has it. */
export class QueueKeeper {
  readonly #deps: QueueKeeperDeps;
  #waiting: PendingEvent[] = [];
  /** Those that the queue is being given. */
  #underWay = 0;
  #settled = 0;
  #restart: Restart | undefined;
  #cancelRetry: (() => void) | undefined;
  #loaded = false;
  #isHeld = false;
  #unusable: { readonly cause: unknown } | undefined;
  #closed = false;
  #work: Promise<void> | undefined;
  /** Something came up while the last step ended. */
  #again = false;

  constructor(deps: QueueKeeperDeps) {
    this.#deps = deps;
  }

  /** Events that are not in the queue yet. */
  get waiting(): number {
    return this.#waiting.length + this.#underWay;
  }

  start(): void {
    this.#run();
  }

  store(events: readonly PendingEvent[]): void {
    if (this.#unusable) {
      this.#deps.notStored(events, this.#unusable.cause);
      return;
    }
    for (const event of events) this.#waiting.push(event);
    this.#run();
  }

  /** All up to this number need not be kept. */
  settle(number: number): void {
    this.#settled = number;
    this.#run();
  }

  /** Nothing more is stored until the queue has begun anew: the numbers that it would give are not safe. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Begins anew, with what `events` gives when its turn comes. */
  restart(producer: string, events: () => readonly PendingEvent[], done: () => void): void {
    this.#restart = { producer, events, done };
    this.#settled = 0;
    this.#run();
  }

  /** Waits for what is under way. Rejects as the queue does. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#giveUp(new Error('the client was closed'));
    await this.#work;
    await this.#deps.queue.close();
  }

  #run(): void {
    if (this.#closed || this.#unusable || this.#cancelRetry) return;
    this.#again = true;
    this.#work ??= this.#workOff();
  }

  async #workOff(): Promise<void> {
    // A turn later, so that what is published in one go is stored in one go.
    await Promise.resolve();
    do {
      this.#again = false;
      while (!this.#closed && (await this.#step())) {
        // One step after the other.
      }
    } while (this.#again && !this.#closed && !this.#cancelRetry);
    this.#work = undefined;
  }

  /** False where nothing is left to do. */
  async #step(): Promise<boolean> {
    if (!this.#loaded) return this.#load();
    if (this.#restart) return this.#beginAnew(this.#restart);
    if (this.#waiting.length > 0 && !this.#isHeld) return this.#append();
    if (this.#settled === 0) return false;
    const settled = this.#settled;
    this.#settled = 0;
    await this.#deps.queue.settle(settled).catch((cause: unknown) => this.#deps.failed(cause));
    return true;
  }

  async #load(): Promise<boolean> {
    try {
      const contents = await this.#deps.queue.load();
      this.#loaded = true;
      if (!this.#closed) this.#deps.loaded(contents);
      return true;
    } catch (cause) {
      this.#unusable = { cause };
      this.#deps.failed(cause);
      this.#giveUp(cause);
      return false;
    }
  }

  async #beginAnew(restart: Restart): Promise<boolean> {
    try {
      await this.#deps.queue.restart(restart.producer, restart.events().map(toQueued));
    } catch (cause) {
      this.#deps.failed(cause);
      if (!this.#closed) {
        this.#cancelRetry = this.#deps.timers.after(RESTART_RETRY_MS, () => {
          this.#cancelRetry = undefined;
          this.#run();
        });
      }
      return false;
    }
    if (this.#restart === restart) this.#restart = undefined;
    this.#isHeld = false;
    if (!this.#closed) restart.done();
    return true;
  }

  async #append(): Promise<boolean> {
    const events = this.#waiting.splice(0, STORED_AT_ONCE);
    this.#underWay = events.length;
    try {
      await this.#deps.queue.append(events.map(toQueued));
      this.#underWay = 0;
      this.#deps.stored(events);
    } catch (cause) {
      this.#underWay = 0;
      this.#deps.notStored(events, cause);
    }
    return true;
  }

  #giveUp(cause: unknown): void {
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.#deps.notStored(events, cause);
  }
}

/** What was emptied keeps its number in the queue too. */
function toQueued({ event, publishedAt }: PendingEvent): QueuedEvent {
  return { at: publishedAt, event: event as QueuedEvent['event'] };
}
