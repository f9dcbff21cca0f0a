import { CODECS } from '../../protocol/codec.ts';
import { DecodeError } from '../../protocol/decode-error.ts';
import { countJsonValues, mayHaveMore } from '../../protocol/json-codec.ts';
import { maxValues, type ServerLimits } from '../limits.ts';
import { type BodyFormat, decodeBody, textOf } from './formats.ts';

export type EventBody =
  | {
      readonly ok: true;
      readonly events: readonly unknown[];
      /** Places of the lines that could not be read; `undefined` stands there, which no event is. */
      readonly unreadable: ReadonlyMap<number, string>;
    }
  | { readonly ok: false; readonly code: 'malformed' | 'too_large'; readonly message: string };

const NONE: ReadonlyMap<number, string> = new Map();

/** One event, an array of them, or (NDJSON) one in each line. Whether they are events is for ingest to say. */
export function readEventBody(
  format: BodyFormat,
  body: Uint8Array,
  limits: Pick<ServerLimits, 'eventsPerPublish'>,
): EventBody {
  try {
    if (format === 'ndjson') return readLines(textOf(body), limits.eventsPerPublish, maxValues(limits));
    const value = decodeBody(format, body, { maxValues: maxValues(limits) });
    if (Array.isArray(value)) return { ok: true, events: value, unreadable: NONE };
    if (typeof value === 'object' && value !== null) return { ok: true, events: [value], unreadable: NONE };
    return { ok: false, code: 'malformed', message: 'the body must be one event or an array of events' };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}

/** Empty lines are no events and have no place. */
function readLines(text: string, maxEvents: number, maxValues: number): EventBody {
  const events: unknown[] = [];
  const unreadable = new Map<number, string>();
  const isCounted = mayHaveMore(text, maxValues);
  let values = 0;
  for (let start = skipBlanks(text, 0); start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    start = skipBlanks(text, end);
    if (events.length === maxEvents) {
      return { ok: false, code: 'too_large', message: `more than the ${maxEvents} events allowed at once` };
    }
    try {
      if (isCounted) values += countJsonValues(line, { maxValues });
      if (values > maxValues) {
        return { ok: false, code: 'too_large', message: `more than the ${maxValues} values allowed at once` };
      }
      events.push(CODECS.json.decode(line, { maxValues }));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      unreadable.set(events.length, `the line is refused: ${error.message}`);
      events.push(undefined);
    }
  }
  return { ok: true, events, unreadable };
}

/** Where the next line that is not empty goes on, in one pass over however many there are. */
function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** A space, both halves of the ends of lines, and a tab. */
function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}
