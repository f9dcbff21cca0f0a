import { MAX_MESSAGE_BYTES, type MessageBus } from '../../bus/message-bus.ts';
import { type AskMessage, encodeBusMessage, TOPICS } from '../../bus/messages.ts';
import { refuse } from '../../contest/refusal.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfTournament } from '../../store/partitions.ts';
import type { Contests } from './contests.ts';

interface AskDeskDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly logger: Logger;
  readonly contests: Pick<Contests, 'answer'>;
  /** Whether the partition is certainly owned here: nobody else loads its contests. */
  readonly mayAnswer: (partition: number) => boolean;
}

/** Answers what is asked about contests, each at the inbox of who asked. */
export class AskDesk {
  readonly #deps: AskDeskDeps;
  readonly #partitionCount: number;
  /** Those that wait for their answers. They are asked again meanwhile. */
  readonly #asked = new Set<string>();

  constructor(deps: AskDeskDeps, options: { readonly partitionCount: number }) {
    this.#deps = deps;
    this.#partitionCount = options.partitionCount;
  }

  receive(partition: number, message: AskMessage): void {
    const { logger, mayAnswer } = this.#deps;
    if (
      !mayAnswer(partition) ||
      partitionOfTournament(message.tournament, this.#partitionCount) !== partition
    )
      return;
    const question = `${message.asker} ${message.id}`;
    if (this.#asked.has(question)) return;
    this.#asked.add(question);
    void this.#answer(partition, message)
      .catch((error: unknown) => {
        logger.debug({ err: error }, 'a question about a contest could not be answered');
        this.#send(message, refuse('unavailable', 'The store cannot be read at the moment'));
      })
      .finally(() => this.#asked.delete(question));
  }

  async #answer(partition: number, message: AskMessage): Promise<void> {
    const { tournament, question, ask } = message;
    this.#send(message, await this.#deps.contests.answer(partition, tournament, question, ask));
  }

  #send({ id, asker }: AskMessage, answer: Awaited<ReturnType<Contests['answer']>>): void {
    const { bus } = this.#deps;
    const bytes = encodeBusMessage({ type: 'answer', id, answer });
    const isTooLarge = bytes.length > MAX_MESSAGE_BYTES;
    const refusal = refuse('too_large', 'The answer is too large: ask for less at once');
    bus.publish(
      TOPICS.answers(asker),
      isTooLarge ? encodeBusMessage({ type: 'answer', id, answer: refusal }) : bytes,
    );
  }
}
