import type { MessageBus } from '../../bus/message-bus.ts';
import { encodeBusMessage, type ProbesMessage, TOPICS } from '../../bus/messages.ts';
import type { Timing } from '../../bus/timing.ts';
import type { Clock } from '../../runtime/clock.ts';

interface ProbeWatchDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly clock: Clock;
  /** False where a higher owner of the partition has been heard. */
  readonly believes: (partition: number, fence: number) => boolean;
}

interface ProbeWatchOptions {
  /** Names the inbox for the answers. */
  readonly gateway: string;
  readonly partitions: number;
  readonly timing: Pick<Timing, 'probeMs' | 'watchMs' | 'watchRetryMs'>;
}

/** Without news for so many periods owners are asked again and again. */
const QUIET_PERIODS = 2;

/**
 * Watches the probes of all partitions: owners tell of them where they hear this gateway. What one shows is news whenever it is another time
 * than before, whatever clocks say; so how long there was none is measured here alone.
 */
export class ProbeWatch {
  readonly #deps: ProbeWatchDeps;
  readonly #options: ProbeWatchOptions;
  readonly #probes: { shown: number | undefined; newsAt: number }[];
  #askAt: number;

  /** Silence counts from now on. */
  constructor(deps: ProbeWatchDeps, options: ProbeWatchOptions) {
    this.#deps = deps;
    this.#options = options;
    const { partitions, timing } = options;
    const now = deps.clock.now();
    this.#askAt = now;
    const length = timing.probeMs === 0 ? 0 : partitions;
    this.#probes = Array.from({ length }, () => ({ shown: undefined, newsAt: now }));
  }

  /** One message for all owners. */
  ask(): void {
    const { gateway, timing } = this.#options;
    if (this.#probes.length === 0) return;
    this.#askAt = this.#deps.clock.now() + timing.watchMs;
    this.#deps.bus.publish(TOPICS.probeWatch, encodeBusMessage({ type: 'probe-watch', gateway }));
  }

  /** Where it falls due before this is called again, or nothing is heard. */
  askIfDue(): void {
    const { probeMs, watchRetryMs } = this.#options.timing;
    const isDue = this.#askAt < this.#deps.clock.now() + watchRetryMs;
    if (isDue || this.oldestMs() >= QUIET_PERIODS * probeMs) this.ask();
  }

  receive({ probes }: ProbesMessage): void {
    for (const [partition, fence, at] of probes) {
      if (this.#deps.believes(partition, fence)) this.#hear(partition, at);
    }
  }

  #hear(partition: number, at: number): void {
    const probe = this.#probes[partition];
    if (probe === undefined || at === probe.shown) return;
    // What is found at first may have been written long ago.
    if (probe.shown !== undefined) probe.newsAt = this.#deps.clock.now();
    probe.shown = at;
  }

  /** What each shows, as the owners' ticks told it. */
  get shown(): readonly (number | undefined)[] {
    return this.#probes.map(({ shown }) => shown);
  }

  ageMs(partition: number, now: number): number {
    const probe = this.#probes[partition];
    return probe === undefined ? 0 : now - probe.newsAt;
  }

  /** Of all partitions. */
  oldestMs(): number {
    const now = this.#deps.clock.now();
    return this.#probes.reduce((oldest, { newsAt }) => Math.max(oldest, now - newsAt), 0);
  }
}
