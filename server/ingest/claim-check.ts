import type { PartVerdict } from '../../store/score-store.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { ClaimedProducer } from './producer-operations.ts';
import type { ProducerOwner } from './queued-parts.ts';

/**
 * Asks the producer's home whether another connection has taken it over, by a number that is settled, which changes nothing. Where the store
 * does not answer, nobody knows of one. No batch of the producer may be on its way meanwhile.
 */
export function isTakenOver(
  queue: PartitionQueue,
  { id, claim }: ClaimedProducer,
  settled: number,
  acceptedAt: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const owner: ProducerOwner = {
      abandoned: false,
      settled: (_numbers, verdict: PartVerdict) => resolve(verdict.status === 'conflict'),
      lost: () => resolve(false),
    };
    queue.addProducer({ id, claim, operations: [{ op: 'nothing' }], numbers: [settled] }, owner, acceptedAt);
    queue.wake();
  });
}
