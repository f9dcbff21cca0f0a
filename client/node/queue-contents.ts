import type { QueueContents, QueuedEvent } from '../publish-queue.ts';
import { decodeRecord, MAGIC } from './queue-records.ts';

/** What a file holds, and where: unsettled events stand behind one another at its end. */
export interface FileContents extends QueueContents {
  /** Where each unsettled event's record begins. */
  readonly offsets: readonly number[];
  /** Where the first record behind the beginning is. */
  readonly body: number;
  /** Where the last sound record ends. */
  readonly end: number;
  readonly isSynced: boolean;
}

/** `undefined`: empty. Throws where the file is something else. */
export function readContents(bytes: Buffer): FileContents | undefined {
  const magic = bytes.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length)))
    throw new Error('the file is not a queue of published events');
  const begin = decodeRecord(bytes, MAGIC.length);
  if (!begin || !('producer' in begin.record)) return undefined;
  const { producer, isSynced } = begin.record;
  let { first } = begin.record;
  const events: QueuedEvent[] = [];
  const offsets: number[] = [];
  let { end } = begin;
  for (let next = decodeRecord(bytes, end); next; next = decodeRecord(bytes, end)) {
    const { record } = next;
    if ('settled' in record) {
      const settled = Math.min(Math.max(0, record.settled - first + 1), events.length);
      events.splice(0, settled);
      offsets.splice(0, settled);
      first += settled;
    } else if ('number' in record && record.number === first + events.length) {
      events.push({ at: record.at, event: record.event });
      offsets.push(end);
    } else {
      break;
    }
    end = next.end;
  }
  const isComplete = isSynced && end === bytes.length;
  return {
    producer,
    next: first + events.length,
    events,
    isComplete,
    offsets,
    body: begin.end,
    end,
    isSynced,
  };
}
