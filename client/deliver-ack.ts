import type { AckFrame } from '../protocol/frames.ts';
import type { PendingEvent } from './pending-events.ts';

/**
 * Tells each call what became of its events, all of one frame. The ack counts duplicates without naming them: where a
 * frame has some of both, the earlier ones are taken for them, which is right as a rule, and right in sum always.
 */
export function deliverAck(events: readonly PendingEvent[], { duplicates, rejected }: AckFrame): void {
  const rejections = new Map(rejected.map((rejection) => [rejection.index, rejection]));
  let duplicatesLeft = duplicates;
  events.forEach(({ call, index, refusal }, place) => {
    const rejection = refusal ?? rejections.get(place);
    if (rejection) {
      call.settle(index, rejection);
    } else if (duplicatesLeft > 0) {
      duplicatesLeft -= 1;
      call.settle(index, 'duplicate');
    } else {
      call.settle(index, 'applied');
    }
  });
}
