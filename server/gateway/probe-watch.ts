import { probeName, type Watchable } from '../../store/watchable.ts';
import type { WatchedChannel } from './watched-channel.ts';

interface ProbeWatchDeps {
  /** One more subscription of the channel; found again where it was dropped meanwhile. */
  readonly acquire: (name: string, channel: Watchable) => WatchedChannel | undefined;
  readonly find: (name: string) => WatchedChannel | undefined;
}

/**
 * Watches the probe of every partition, by the same means as any channel with subscribers. What it shows is news whenever it is another time
 * than before, whatever clocks say; so how long there was none is measured here alone.
 */
export class ProbeWatch {
  readonly #deps: ProbeWatchDeps;
  readonly #probes: { shown: number | undefined; newsAt: number }[];

  /** No partitions where there are no probes. Silence counts from `now` on. */
  constructor(deps: ProbeWatchDeps, options: { readonly partitions: number; readonly now: number }) {
    this.#deps = deps;
    this.#probes = Array.from({ length: options.partitions }, () => ({
      shown: undefined,
      newsAt: options.now,
    }));
  }

  /** To be called again and again: a channel whose first state could not be had is dropped, whoever wants it. */
  keep(): void {
    for (const partition of this.#probes.keys()) {
      const name = probeName(partition);
      if (this.#deps.find(name) === undefined) this.#deps.acquire(name, { type: 'probe', partition });
    }
  }

  /** The state of this channel may have changed. */
  look({ channel, view }: WatchedChannel, now: number): void {
    const probe = channel.type === 'probe' ? this.#probes[channel.partition] : undefined;
    const shown = (view.view?.state as { readonly at?: number } | undefined)?.at;
    if (probe === undefined || shown === undefined || shown === probe.shown) return;
    // What is found at first may have been written long ago.
    if (probe.shown !== undefined) probe.newsAt = now;
    probe.shown = shown;
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
  oldestMs(now: number): number {
    return this.#probes.reduce((oldest, { newsAt }) => Math.max(oldest, now - newsAt), 0);
  }
}
