import type { PublishTotals } from './load/publisher.ts';
import { MachineWatch, ProcessWatch, type WatchedProcess } from './processes.ts';
import type { Moment } from './result.ts';
import type { ViewerCounts } from './viewers/fleet-messages.ts';

const INTERVAL_MS = 1000;
/** One for each pixel that a chart has. */
const MOST_MOMENTS = 1200;

export interface Recorded {
  readonly totals: PublishTotals;
  readonly viewers: () => ViewerCounts;
  readonly processes: readonly WatchedProcess[];
  /** Hears of every moment as it passes. */
  readonly onMoment: (moment: Moment) => void;
}

/** Notes once a second what has happened since the last time; in a long run less often, so that it stays short. */
export class Recorder {
  readonly moments: Moment[] = [];
  readonly #recorded: Recorded;
  readonly #watch: ProcessWatch;
  readonly #machine = new MachineWatch();
  readonly #timer: NodeJS.Timeout;
  readonly #startAt = performance.now();
  #lastAt = this.#startAt;
  #acknowledged = 0;
  #delivered = 0;

  constructor(recorded: Recorded, seconds: number) {
    this.#recorded = recorded;
    this.#watch = new ProcessWatch(recorded.processes);
    const intervalMs = Math.max(INTERVAL_MS, (seconds * 1000) / MOST_MOMENTS);
    this.#timer = setInterval(() => this.#note(), intervalMs);
  }

  /** Gives the seconds that it took. */
  stop(): number {
    clearInterval(this.#timer);
    // A piece of a second would show rates that are chance.
    if (this.moments.length === 0) this.#note();
    return (performance.now() - this.#startAt) / 1000;
  }

  #note(): void {
    const now = performance.now();
    const { totals, viewers, onMoment } = this.#recorded;
    const passed = (now - this.#lastAt) / 1000;
    const delivered = viewers().updates;
    const moment = {
      seconds: (now - this.#startAt) / 1000,
      acknowledged: (totals.acknowledged - this.#acknowledged) / passed,
      delivered: (delivered - this.#delivered) / passed,
      processes: this.#watch.look(now),
      cores: this.#machine.look(),
    };
    this.#lastAt = now;
    this.#acknowledged = totals.acknowledged;
    this.#delivered = delivered;
    this.moments.push(moment);
    onMoment(moment);
  }
}
