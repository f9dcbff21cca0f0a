import { STATUS_CODES } from 'node:http';
import { ERROR_CODES, type ErrorCode } from '../../protocol/codes.ts';
import type { HttpReply } from '../transport/http-types.ts';

export interface ProblemOptions {
  /** Where HTTP has a better word than the code's own status. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beside those of every problem. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A refusal as RFC 9457 has it, with our `code`. `detail` is read by people and never repeats a token. */
export function problem(code: ErrorCode, detail: string, options: ProblemOptions = {}): HttpReply {
  const { status = ERROR_CODES[code].status, retryAfterMs, headers, details } = options;
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail, code, ...details };
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(retryAfterMs === undefined ? {} : { 'retry-after': retryAfterSeconds(retryAfterMs) }),
      ...headers,
    },
    body: JSON.stringify(retryAfterMs === undefined ? body : { ...body, retryAfterMs }),
  };
}

/** The header knows whole seconds only; `retryAfterMs` in the body is exact. */
function retryAfterSeconds(retryAfterMs: number): string {
  return String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
}
