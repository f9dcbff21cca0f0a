/** Every code that a client can be given, with what it means and what to do. PROTOCOL.md prints these tables. */

export const ERROR_CODES = {
  malformed: {
    status: 400,
    means: 'The frame, event or request is not of the documented form; sending it again will not help.',
  },
  unauthorized: {
    status: 401,
    means: 'No token, or one that is refused or expired; authenticate and try again.',
  },
  forbidden: { status: 403, means: 'The token does not permit this.' },
  unknown_channel: { status: 400, means: 'The channel name is not well-formed.' },
  not_found: { status: 404, means: 'There is no such thing.' },
  conflict: { status: 409, means: 'The present state does not permit it; read the state, then decide.' },
  too_many_subscriptions: {
    status: 429,
    means: 'The connection is at its limit of subscriptions; unsubscribe first.',
  },
  too_large: { status: 413, means: 'Over a named limit; send less at once.' },
  rate_limited: { status: 429, means: 'Too much at once; wait `retryAfterMs`, then send again.' },
  unavailable: {
    status: 503,
    means: 'The score store or the owner cannot be reached; wait `retryAfterMs`, then send again.',
  },
  resend: { status: 409, means: "A gap in a producer's numbers; resend from `seq`." },
} as const satisfies Record<string, { status: number; means: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** 4000 to 4499: connect again (with back-off). 4500 to 4999: do not, something must change first. */
export const CLOSE_CODES = {
  normal: { code: 1000, means: 'Closed in the normal way.' },
  goingAway: { code: 1001, means: 'The other side goes away.' },
  draining: {
    code: 4001,
    means: 'The node is draining; connect again after `reconnectAfterMs` of the `bye` frame.',
  },
  overloaded: { code: 4002, means: 'The node is at its limit of connections; connect again later.' },
  idle: { code: 4003, means: 'Nothing was heard for longer than the idle limit; connect again.' },
  malformedFrame: { code: 4500, means: 'A frame could not be read at all; the client has a defect.' },
  tokenRefused: { code: 4501, means: 'The token was refused or has expired; get a new one first.' },
  limitExceeded: {
    code: 4502,
    means: 'A limit of the connection was exceeded, such as its queue of unsent replies.',
  },
  frameTooLarge: { code: 4503, means: 'A frame was over the limit of bytes, or of values.' },
} as const satisfies Record<string, { code: number; means: string }>;

export type CloseReason = keyof typeof CLOSE_CODES;

/** True where a client should connect again after this close code (abnormal closes included). */
export function shouldReconnect(closeCode: number): boolean {
  return closeCode !== CLOSE_CODES.normal.code && !(closeCode >= 4500 && closeCode <= 4999);
}
