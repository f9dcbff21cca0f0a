import type { MessageBus } from '../../bus/message-bus.ts';
import {
  type AnswerMessage,
  type ContestAnswer,
  type ContestQuestion,
  type ContestQuestions,
  decodeBusMessage,
  encodeBusMessage,
  TOPICS,
} from '../../bus/messages.ts';
import { type Refused, refuse } from '../../contest/refusal.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfTournament } from '../../store/partitions.ts';

/** What is not answered in this time is `unavailable`: nobody owns the contest, or the bus is away. An owner that loads it says so a second before. */
export const ASK_TIMEOUT_MS = 6000;
/** What is not answered is asked again: a question may be lost, or the contest may have another owner by now. */
export const ASK_AGAIN_MS = 500;
/** A recomputation of the largest contest takes seconds. */
export const RECOMPUTE_TIMEOUT_MS = 60_000;
/** Questions that wait for an answer at once; beyond: `unavailable`. */
export const MAX_WAITING_QUESTIONS = 1000;

export interface ContestAskerDeps {
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ContestAskerOptions {
  /** Unique among all who ask: answers come to this name. */
  readonly asker: string;
  readonly partitions: number;
}

/** Asks the owner of a contest what only it can tell. */
export interface ContestAsker extends Service {
  /** Nothing is thrown: what cannot be told is a refusal (`not_found`, `conflict` before the start, `too_large`, `unavailable`). */
  ask<Q extends ContestQuestion>(
    tournament: string,
    question: Q,
    ask: ContestQuestions[Q]['ask'],
  ): Promise<ContestQuestions[Q]['answer'] | Refused>;
}

export function createContestAsker(
  { bus, clock, logger }: ContestAskerDeps,
  { asker, partitions }: ContestAskerOptions,
): ContestAsker {
  const waiting = new Map<number, (answer: ContestAnswer) => void>();
  let asked = 0;
  let endHearing: (() => void) | undefined;

  const hear = (bytes: Uint8Array): void => {
    let message: AnswerMessage;
    try {
      message = decodeBusMessage(bytes) as AnswerMessage;
    } catch (error) {
      logger.warn({ err: error }, 'an answer about a contest could not be read');
      return;
    }
    if (message.type === 'answer') waiting.get(message.id)?.(message.answer);
  };

  const wait = (id: number, timeoutMs: number, publish: () => void): Promise<ContestAnswer> =>
    new Promise((resolve) => {
      let cancelAgain = (): void => undefined;
      const askAgain = (): void => {
        publish();
        cancelAgain = clock.after(ASK_AGAIN_MS, askAgain);
      };
      const cancel = clock.after(timeoutMs, () => settle(unavailable()));
      const settle = (answer: ContestAnswer): void => {
        cancel();
        cancelAgain();
        waiting.delete(id);
        resolve(answer);
      };
      waiting.set(id, settle);
      askAgain();
    });

  return {
    start: async () => {
      const subscription = bus.subscribe(TOPICS.answers(asker), hear);
      endHearing = () => subscription.unsubscribe();
    },
    stop: async () => {
      endHearing?.();
      endHearing = undefined;
      for (const settle of [...waiting.values()]) settle(unavailable());
    },
    async ask(tournament, question, ask) {
      if (endHearing === undefined || waiting.size >= MAX_WAITING_QUESTIONS) return unavailable();
      const id = ++asked;
      const message = encodeBusMessage({ type: 'ask', id, asker, tournament, question, ask });
      const topic = TOPICS.ask(partitionOfTournament(tournament, partitions));
      const timeoutMs = question === 'recompute' ? RECOMPUTE_TIMEOUT_MS : ASK_TIMEOUT_MS;
      const answer = await wait(id, timeoutMs, () => bus.publish(topic, message));
      return answer as ContestQuestions[typeof question]['answer'] | Refused;
    },
  };
}

function unavailable(): Refused {
  return refuse('unavailable', 'The contest is not available at the moment');
}
