import { MAX_DEPTH } from '../protocol/decode-error.ts';
import type { ScorewireEvent } from '../protocol/events.ts';
import { jsonCodec } from '../protocol/json-codec.ts';
import { utf8Length } from '../protocol/utf8.ts';
import { PublishError } from './errors.ts';

/** Bytes of one event, as JSON. The documented ones are far smaller; a bound is needed since thousands are kept. */
const MAX_EVENT_BYTES = 64 * 1024;
/** An event is that many levels deep in its frame. */
const FRAME_LEVELS = 2;

export interface EventCopy {
  readonly event: ScorewireEvent;
  readonly bytes: number;
}

/**
 * Copies, because an event may be sent long after the call and more than once, and must be the same each time. Throws
 * `PublishError`, so that nothing gets a number that can never be sent.
 */
export function copyEvents(events: readonly ScorewireEvent[]): readonly EventCopy[] {
  return events.map((event, index) => {
    let copy: EventCopy;
    try {
      const text = jsonCodec.encode(event);
      const decoded = jsonCodec.decode(text, { maxDepth: MAX_DEPTH - FRAME_LEVELS });
      copy = { event: decoded as ScorewireEvent, bytes: utf8Length(text) };
    } catch (cause) {
      throw new PublishError('malformed', `event ${index} cannot be encoded`, { cause });
    }
    if (copy.bytes > MAX_EVENT_BYTES) {
      throw new PublishError('too_large', `event ${index} is over ${MAX_EVENT_BYTES} bytes`);
    }
    return copy;
  });
}
