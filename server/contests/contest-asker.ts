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

/** What is not answered in this time is `unavailable`: nobody owns the contest at present, it is being loaded, or the bus is away. */
export const ASK_TIMEOUT_MS = 3000;
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

  const wait = (id: number, timeoutMs: number): Promise<ContestAnswer> =>
    new Promise((resolve) => {
      const cancel = clock.after(timeoutMs, () => settle(unavailable()));
      const settle = (answer: ContestAnswer): void => {
        cancel();
        waiting.delete(id);
        resolve(answer);
      };
      waiting.set(id, settle);
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
      const answer = wait(id, question === 'recompute' ? RECOMPUTE_TIMEOUT_MS : ASK_TIMEOUT_MS);
      const message = encodeBusMessage({ type: 'ask', id, asker, tournament, question, ask });
      bus.publish(TOPICS.ask(partitionOfTournament(tournament, partitions)), message);
      return (await answer) as ContestQuestions[typeof question]['answer'] | Refused;
    },
  };
}

function unavailable(): Refused {
  return refuse('unavailable', 'The contest is not available at the moment');
}
