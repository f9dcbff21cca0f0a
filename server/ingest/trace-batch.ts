import { preciseNow, type Traces } from '../../runtime/traces.ts';
import type { Batch } from '../../store/score-store.ts';
import { subjectOfOperation } from '../../store/trace-subject.ts';

/** Records how a batch that was just applied came in, once for each of what it changed. */
export function traceBatch(traces: Traces, { partition, acceptedAt, parts }: Batch, sentAt: number): void {
  const appliedAt = preciseNow();
  const operations = new Map<string, number>();
  for (const part of parts) {
    for (const operation of part.operations) {
      const subject = subjectOfOperation(operation);
      if (subject !== undefined) operations.set(subject, (operations.get(subject) ?? 0) + 1);
    }
  }
  for (const [subject, count] of operations) {
    if (!traces.isRecorded(subject, acceptedAt)) continue;
    const attributes = { 'scorewire.partition': partition, 'scorewire.operations': count };
    traces.record(subject, acceptedAt, { name: 'accepted', from: acceptedAt, to: sentAt, isRoot: true });
    traces.record(subject, acceptedAt, { name: 'applied', from: sentAt, to: appliedAt, attributes });
  }
}
