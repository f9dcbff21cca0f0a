import { type Refused, refuse } from '../refusal.ts';
import type { Answer, AnswerOf, ContestCall, ContestCalls, Question } from './calls.ts';
import { newProgress, type Progress, readProgress } from './progress.ts';
import { type ContestThread, startThread } from './thread.ts';

export interface ContestHostOptions {
  /** The thread is gone, and with it all contests: open and load them again, in a new host. */
  readonly onLost?: (cause: unknown) => void;
  /** Of the thread, as of `node`. Default: as in this process. */
  readonly execArgv?: readonly string[];
}

/**
 * Contests in a thread of their own, so that the event loop that publishes never waits for them. Questions are answered in the order in which they
 * are asked, one at a time for all contests of a host. What cannot be done is a refusal, a thread that is gone too (`unavailable`): nothing is thrown.
 */
export class ContestHost {
  readonly #options: ContestHostOptions;
  #thread: Promise<ContestThread> | undefined;
  #isLost = false;
  #asked = 0;
  readonly #waiting = new Map<number, (answer: AnswerOf<ContestCall>) => void>();
  readonly #progress = new Map<string, Int32Array>();

  constructor(options: ContestHostOptions = {}) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const events = {
      onAnswer: (answer: Answer) => this.#settle(answer),
      onLost: (cause: unknown) => this.#lose(cause),
    };
    this.#thread ??= startThread(events, this.#options.execArgv);
    try {
      await this.#thread;
    } catch (error) {
      this.#thread = undefined;
      throw error;
    }
  }

  /** Whoever waits is told `unavailable`. */
  async stop(): Promise<void> {
    this.#isLost = true;
    this.#abandon();
    await (await this.#thread)?.stop();
  }

  async ask<C extends ContestCall>(
    contest: string,
    call: C,
    body: ContestCalls[C]['body'],
  ): Promise<AnswerOf<C>> {
    const thread = await this.#thread;
    if (thread === undefined || this.#isLost) return unavailable();
    const id = ++this.#asked;
    const { message, given } = giveBytes({ id, contest, call, body } as Question);
    if (call === 'close') this.#progress.delete(contest);
    const progress = call === 'open' && !this.#progress.has(contest) ? newProgress() : undefined;
    if (progress !== undefined) this.#progress.set(contest, progress);
    const answer = new Promise<AnswerOf<ContestCall>>((resolve) => this.#waiting.set(id, resolve));
    thread.send(progress === undefined ? message : { ...message, progress }, given);
    return (await answer) as AnswerOf<C>;
  }

  /** At once, also while the thread is busy. */
  progress(contest: string): Progress | undefined {
    const cells = this.#progress.get(contest);
    return cells === undefined ? undefined : readProgress(cells);
  }

  #settle({ id, answer }: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #lose(cause: unknown): void {
    this.#isLost = true;
    this.#abandon();
    this.#options.onLost?.(cause);
  }

  #abandon(): void {
    this.#progress.clear();
    for (const resolve of this.#waiting.values()) resolve(unavailable());
    this.#waiting.clear();
  }
}

function unavailable(): Refused {
  return refuse('unavailable', 'The contests are not available');
}

/** Copies the bytes, which may be a part of a buffer that others use, and gives the copy away. */
function giveBytes(question: Question): { message: Question; given: ArrayBuffer[] } {
  const { body } = question;
  if (typeof body !== 'object') return { message: question, given: [] };
  const given: ArrayBuffer[] = [];
  const fields = Object.entries(body).map(([name, value]) => {
    if (!(value instanceof Uint8Array)) return [name, value];
    const copy = new Uint8Array(value);
    given.push(copy.buffer);
    return [name, copy];
  });
  return { message: { ...question, body: Object.fromEntries(fields) }, given };
}
