import type { ContestThreadHost } from '../../broadcaster/contests/contest-types.ts';
import type { AnswerOf, ContestCall, ContestCalls, Question } from '../../contest/host/calls.ts';
import { ContestDesk } from '../../contest/host/contest-desk.ts';
import { refuse } from '../../contest/refusal.ts';

/** The contests of a host in this thread, for tests whose time is not the machine's. */
export class InlineContestHost implements ContestThreadHost {
  readonly #desk = new ContestDesk();
  readonly #onLost: (cause: unknown) => void;
  readonly calls: ContestCall[] = [];
  #isGone = false;

  constructor(onLost: (cause: unknown) => void = () => undefined) {
    this.#onLost = onLost;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#isGone = true;
  }

  /** As if its thread had ended. */
  lose(): void {
    this.#isGone = true;
    this.#onLost(new Error('the thread has ended'));
  }

  async ask<C extends ContestCall>(
    contest: string,
    call: C,
    body: ContestCalls[C]['body'],
  ): Promise<AnswerOf<C>> {
    if (this.#isGone) return refuse('unavailable', 'The contests are not available');
    this.calls.push(call);
    const { answer } = this.#desk.answer({ id: 0, contest, call, body } as Question);
    return answer as AnswerOf<C>;
  }
}
