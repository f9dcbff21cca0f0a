import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { HttpReply } from './http-types.ts';

/** RFC 9457, with our `code`. `detail` is told to the client, so it never speaks of our insides. */
export function problemReply(
  status: number,
  code: ErrorCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail }),
  };
}
