import type { Logger } from '../../runtime/logger.ts';
import type { WriteRefusal } from '../score-store.ts';
import { refusalOf } from './redis-errors.ts';

/** Between two questions whether writes are taken again; asked only after one was refused. */
const RECHECK_MS = 1000;

/** What Redis said when it refused a write last, until it takes them again. Costs nothing while it does and nobody asks. */
export class RefusalWatch {
  readonly #logger: Logger;
  readonly #check: () => Promise<unknown>;
  #refusal: WriteRefusal | undefined;
  #isAsking = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `check` resolves where writes are taken. */
  constructor(logger: Logger, check: () => Promise<unknown>) {
    this.#logger = logger;
    this.#check = check;
  }

  /** Nothing where writes are taken, or nobody has tried. */
  get refusal(): WriteRefusal | undefined {
    return this.#refusal;
  }

  /** What went wrong with a command; anything but a refusal of writes says that this is not the trouble any more. */
  note(message: string): void {
    const refusal = refusalOf(message);
    if (refusal !== undefined && this.#refusal === undefined && !this.#stopped) {
      this.#logger.warn({ cause: message }, 'the score store takes no writes');
    }
    this.#refusal = refusal;
    this.#arm();
  }

  /** Asks at once whether a refusal is over, where there is one: when the store is up again. */
  async recheck(): Promise<void> {
    if (this.#refusal !== undefined) await this.ask();
  }

  /** Asks at once, also where nobody has tried to write. */
  async ask(): Promise<void> {
    if (this.#isAsking || this.#stopped) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      await this.#check();
      if (this.#refusal !== undefined) this.#logger.info({}, 'the score store takes writes again');
      this.#refusal = undefined;
    } catch {
      // Whatever it was has been noted by who sent it.
    } finally {
      this.#isAsking = false;
      this.#arm();
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#refusal === undefined || this.#stopped) return;
    this.#timer ??= setTimeout(() => void this.ask(), RECHECK_MS);
  }
}
