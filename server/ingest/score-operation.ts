import type { ScoreEvent } from '../../protocol/events.ts';
import type { ScoreOperation } from '../../store/score-store.ts';

/** What a valid event asks of its board. -0 becomes 0 here, so that no engine ever sees it. */
export function scoreOperation(event: ScoreEvent): ScoreOperation {
  const { board, member } = event;
  if ('delta' in event) return { op: 'delta', board, member, value: event.delta + 0 };
  if ('set' in event) return { op: 'set', board, member, value: event.set + 0 };
  return { op: 'best', board, member, value: event.best + 0 };
}
