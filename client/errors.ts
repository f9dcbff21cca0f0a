import type { ErrorCode } from '../protocol/codes.ts';
import type { ErrorFrame } from '../protocol/frames.ts';

interface ErrorDetails {
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Something that the server refused or that kept the client from asking it. `code` is one of the documented error codes. */
export class ScorewireError extends Error {
  readonly code: ErrorCode;
  /** Milliseconds to wait before the same may be tried again, where the server named them. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, { retryAfterMs, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A subscription that was refused for good; subscribe again once the reason is gone. */
export class SubscribeError extends ScorewireError {
  readonly channel: string;

  constructor(channel: string, { code, message }: Pick<ErrorFrame, 'code' | 'message'>) {
    super(code, message);
    this.channel = channel;
  }
}

/** A publish that will not be settled. */
export class PublishError extends ScorewireError {
  /** True where the events may or may not have been applied, or may still be (by a queue's next client); otherwise they were not. */
  readonly uncertain: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails & { readonly uncertain?: boolean } = {},
  ) {
    super(code, message, details);
    this.uncertain = details.uncertain ?? false;
  }
}
