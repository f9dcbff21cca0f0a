import type { Encoding } from '../../protocol/encodings.ts';
import type { ScorewireEvent } from '../../protocol/events.ts';
import type { Api } from '../api.ts';
import { memberName, type ScoreSourceOptions, scoreSources } from '../load/score-source.ts';
import type { ScoreModel } from '../models/score-model.ts';
import { type Habit, type PlanOptions, type PublisherPlan, STEADY, type ViewerPlan } from '../scenario.ts';

/** What scenarios of boards have in common. */

export function boardNames(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** Every so many viewers the encodings begin again, so that each sees the same as the others. */
export function viewersOf(
  count: number,
  { encodings }: Pick<PlanOptions, 'encodings'>,
  channelsOf: (index: number) => readonly string[],
  habitOf: (index: number) => Habit = () => STEADY,
): readonly ViewerPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    encoding: encodings[index % encodings.length] as Encoding,
    channels: channelsOf(index),
    habit: habitOf(index),
  }));
}

export const boardChannel = (board: string): string => `board:${board}`;

/** So many of a ring, from a place on. */
export function ringOf<T>(items: readonly T[], from: number, count: number): readonly T[] {
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[(from + index) % items.length] as T,
  );
}

export function scorePublisher(
  options: Omit<PublisherPlan, 'sources' | 'book'> & { readonly connections: number },
  scores: ScoreSourceOptions,
  book: ScoreModel,
): PublisherPlan {
  const { connections, ...rest } = options;
  return { ...rest, sources: scoreSources(connections, scores), book };
}

/** So many events in one frame that some fifty of them make a second, but no more than one frame should have. */
export function eventsPerFrame(rate: number, producers: number): number {
  return Math.min(500, Math.max(1, Math.round(rate / producers / 50)));
}

const EVENTS_PER_REQUEST = 1000;

/** Gives every member of the boards a score before the load begins. */
export async function fillBoards(
  api: Api,
  { boards, members, nameLength }: Omit<ScoreSourceOptions, 'seed'>,
  model: ScoreModel,
): Promise<void> {
  for (const board of boards) {
    const events = Array.from({ length: members }, (_, index) => ({
      ...{ type: 'score' as const, board, member: memberName(index, nameLength), delta: 1 + (index % 97) },
    }));
    for (let from = 0; from < events.length; from += EVENTS_PER_REQUEST) {
      const part: readonly ScorewireEvent[] = events.slice(from, from + EVENTS_PER_REQUEST);
      const { applied } = await api.call('POST', '/v1/events', part);
      if (applied !== part.length) throw new Error(`${applied} of ${part.length} events were applied`);
      model.applied(part);
    }
  }
}
