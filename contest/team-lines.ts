import type { ErrorCode } from '../protocol/codes.ts';
import { checkTeam } from './check-team.ts';
import type { Contest } from './contest.ts';
import { MAX_LINE_BYTES } from './limits.ts';
import { isRefused, type Refused, refuse } from './refusal.ts';

export interface RejectedLine {
  readonly line: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What became of some lines of an upload. */
export interface ReadLines {
  /** Empty ones included, so that the next lines can be numbered. */
  readonly lines: number;
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
  readonly rejected: readonly RejectedLine[];
}

export interface Registration extends ReadLines {
  /** The teams that were added or replaced, to be stored; absent where there are none. */
  readonly chunk?: Uint8Array<ArrayBuffer>;
}

const NEWLINE = 10;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Registers a team a line, and packs what has changed. */
export function registerLines(contest: Contest, bytes: Uint8Array, firstLine: number): Registration {
  const changed = new Set<number>();
  const read = readLines(contest, bytes, firstLine, (place) => changed.add(place));
  return { ...read, ...(changed.size === 0 ? {} : { chunk: contest.encode([...changed]) }) };
}

/** Registers a team a line; a line that is rejected is told by its number and costs no other. The last line need not be ended. */
export function readLines(
  contest: Contest,
  bytes: Uint8Array,
  firstLine: number,
  onChange: (place: number) => void = () => undefined,
): ReadLines {
  const outcomes = { added: 0, replaced: 0, unchanged: 0 };
  const rejected: RejectedLine[] = [];
  let lines = 0;
  for (let start = 0; start < bytes.length; lines++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const team = readLine(bytes.subarray(start, end));
    start = end + 1;
    if (team === undefined) continue;
    const outcome = isRefused(team) ? team : contest.register(team);
    if (isRefused(outcome)) {
      rejected.push({ line: firstLine + lines, ...outcome.refused });
      continue;
    }
    outcomes[outcome]++;
    const place = isRefused(team) || outcome === 'unchanged' ? undefined : contest.placeOf(team.team);
    if (place !== undefined) onChange(place);
  }
  return { lines, ...outcomes, rejected };
}

/** Nothing for an empty line. */
function readLine(line: Uint8Array): ReturnType<typeof checkTeam> | undefined {
  if (line.length > MAX_LINE_BYTES) return refuse('too_large', `A line has at most ${MAX_LINE_BYTES} bytes`);
  let text: string;
  try {
    text = decoder.decode(line);
  } catch {
    return notJson();
  }
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return notJson();
  }
  return checkTeam(value);
}

function notJson(): Refused {
  return refuse('malformed', 'The line is not JSON in UTF-8');
}
