/**
 * The three kinds of "no" are kept apart. A defect is an `assert` and may crash. A refusal (a conflict, a bad
 * event) is a result. An operating failure (a server away, a disk full) is an `OperatingError`: somebody may wait
 * and try again.
 */
export class OperatingError extends Error {
  /** What clients are told. */
  readonly code: 'unavailable';
  readonly retryAfterMs: number;

  constructor(message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = 'unavailable';
    this.retryAfterMs = options.retryAfterMs ?? 1000;
  }
}

/** A setting or a state of the outside that makes a start senseless; printed as one line. */
export class StartError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StartError';
  }
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`defect: ${message}`);
}
