import type { Logger } from '../../runtime/logger.ts';
import { refusalOf } from './redis-errors.ts';

/** Between two questions whether writes are taken again; asked only after one was refused. */
const RECHECK_MS = 1000;

/** What Redis said when it refused a write last, until it takes them again. Costs nothing while it does. */
export class RefusalWatch {
  readonly #logger: Logger;
  readonly #check: () => Promise<unknown>;
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `check` resolves where writes are taken. */
  constructor(logger: Logger, check: () => Promise<unknown>) {
    this.#logger = logger;
    this.#check = check;
  }

  /** Why writes are refused; nothing where they are taken, or nobody has tried. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** What went wrong with a command; anything but a refusal of writes says that this is not the trouble any more. */
  note(message: string): void {
    const reason = refusalOf(message);
    if (reason !== undefined && this.#reason === undefined && !this.#stopped) {
      this.#logger.warn({ cause: message }, 'the score store takes no writes');
    }
    this.#reason = reason;
    this.#arm();
  }

  /** Asks at once where something is to be asked: when the store is up again. */
  async recheck(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#reason === undefined || this.#stopped) return;
    try {
      await this.#check();
      this.#reason = undefined;
      this.#logger.info({}, 'the score store takes writes again');
    } catch {
      // Whatever it was has been noted by who sent it.
      this.#arm();
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#reason === undefined || this.#stopped) return;
    this.#timer ??= setTimeout(() => void this.recheck(), RECHECK_MS);
  }
}
