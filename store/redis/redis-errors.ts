import { StoreUnavailableError, type WriteRefusal } from '../score-store.ts';

/** Replies that refuse a write before it begins, and what they mean. Scripts that need no memory run where it is full. */
const REFUSALS: readonly (readonly [said: RegExp, refusal: WriteRefusal])[] = [
  [/\bOOM\b/, { reason: 'its memory is full', ofLeases: false }],
  [/\bMISCONF\b/, { reason: "it can't save to its disk", ofLeases: true }],
  [/\bNOREPLICAS\b/, { reason: 'too few of its replicas answer', ofLeases: true }],
  [/\bREADONLY\b/, { reason: 'it is a read-only replica', ofLeases: true }],
];
/** This server can't serve us now; after a failover or a loading time it (or another one) can. */
const NOT_SERVING =
  /\b(READONLY|LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|UNKILLABLE|NOAUTH|WRONGPASS|NOPERM|max number of clients|too many connections)\b/;

export interface Failure {
  /** `away`: nothing can be asked. `writes`: writes are refused. `defect`: our mistake, or foreign data under our keys. */
  readonly kind: 'away' | 'writes' | 'defect';
  /** For callers. */
  readonly error: Error;
  /** What Redis or the network said. */
  readonly message: string;
}

/** Why a write was refused; nothing where the message is about something else. */
export function refusalOf(message: string): WriteRefusal | undefined {
  return REFUSALS.find(([said]) => said.test(message))?.[1];
}

/** Sorts what the client library rejects with. Causes carry no commands, which may hold passwords and megabytes. */
export function classify(error: unknown): Failure {
  const message = messageOf(error);
  const cause = plainCause(error, message);
  if (refusalOf(message) !== undefined) {
    const refused = new StoreUnavailableError(`Redis takes no writes: ${message}`, {
      cause,
      change: 'refused',
    });
    return { kind: NOT_SERVING.test(message) ? 'away' : 'writes', error: refused, message };
  }
  const isReply = error instanceof Error && error.name === 'ReplyError';
  if (!isReply || NOT_SERVING.test(message)) {
    const away = new StoreUnavailableError(`Redis does not answer: ${message}`, { cause });
    return { kind: 'away', error: away, message };
  }
  const defect = new Error(`defect: Redis refused a script: ${message}`, { cause });
  return { kind: 'defect', error: defect, message };
}

/** A refused connection to a name with several addresses has no message, only a code. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

function plainCause(error: unknown, message: string): Error {
  const cause = new Error(message);
  if (error instanceof Error) {
    cause.name = error.name;
    if ('code' in error) Object.assign(cause, { code: error.code });
  }
  return cause;
}
