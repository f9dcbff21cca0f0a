import { randomUUID } from 'node:crypto';

/** Of a batch: its own number, and that of the one which must be the last that was applied; '' for none, and for any. */
export interface BatchNumbers {
  readonly number: string;
  readonly before: string;
}

export const UNNUMBERED: BatchNumbers = { number: '', before: '' };

/** Numbers the batches of an engine, so that one may be sent behind another that is not answered, and is applied only after that one. */
export class BatchOrder {
  /** Names the keys of the numbers. */
  readonly engine = randomUUID();
  #sent = 0;
  /** By partition: the batch that was sent last, while it is not answered. */
  readonly #unanswered = new Map<number, string>();

  /** The batch that was sent last and is not answered; nothing may follow it where another one should have been sent since. */
  unanswered(partition: number): string | undefined {
    return this.#unanswered.get(partition);
  }

  /** A batch is not sent, or without a number: nothing can follow it before it is answered. */
  interrupt(partition: number): void {
    this.#unanswered.delete(partition);
  }

  async send<Answer>(
    partition: number,
    before: string,
    run: (numbers: BatchNumbers) => Promise<Answer>,
  ): Promise<Answer> {
    const number = String(++this.#sent);
    this.#unanswered.set(partition, number);
    try {
      return await run({ number, before });
    } finally {
      if (this.#unanswered.get(partition) === number) this.#unanswered.delete(partition);
    }
  }
}
