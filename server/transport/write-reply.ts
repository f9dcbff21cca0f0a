import { STATUS_CODES } from 'node:http';
import type { HttpReply } from './http-types.ts';
import type * as uws from './uws.ts';

export interface ReplyOptions {
  /** The answer to HEAD: headers and length, no body. */
  readonly withoutBody: boolean;
  /** Set where the request came from an allowed other origin. */
  readonly origin: string;
  /** May be decided when the reply is there. */
  closeConnection: boolean;
}

/** Status and headers. Call it corked. */
export function writeHead(
  response: uws.HttpResponse,
  reply: HttpReply,
  { origin }: Pick<ReplyOptions, 'origin'>,
): void {
  if (reply.status !== 200) response.writeStatus(statusLine(reply.status));
  if (reply.headers !== undefined) {
    for (const name in reply.headers) response.writeHeader(name, reply.headers[name] ?? '');
  }
  if (origin !== '') {
    response.writeHeader('access-control-allow-origin', origin).writeHeader('vary', 'origin');
  }
}

/** Call it corked. */
export function writeReply(response: uws.HttpResponse, reply: HttpReply, options: ReplyOptions): void {
  writeHead(response, reply, options);
  const body = reply.body ?? '';
  // Never give `endWithoutBody` an explicit `undefined`: the library then takes the request for unanswered and aborts the process.
  if (reply.status === 204 || reply.status === 304) {
    response.endWithoutBody();
  } else if (options.withoutBody) {
    // The length must be written by hand: given as the argument it would make the library wait for a body.
    response.writeHeader('content-length', String(Buffer.byteLength(body)));
    response.endWithoutBody();
  } else {
    response.end(body, options.closeConnection);
  }
}

const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
    statusLines.set(status, line);
  }
  return line;
}
