import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { EventStream } from './event-stream.ts';
import type { AdaptedRequest } from './http-request.ts';
import {
  BodyTooLargeError,
  type HttpReply,
  type HttpRequest,
  type HttpRoute,
  RequestAbortedError,
} from './http-types.ts';
import type { OpenAnswers } from './open-answers.ts';
import type { Listener } from './pending.ts';
import { problemReply } from './problem-reply.ts';
import type { TopicStreams } from './topic-streams.ts';
import type * as uws from './uws.ts';
import { type ReplyOptions, writeHead, writeReply } from './write-reply.ts';

export interface AnswerDeps {
  readonly logger: Logger;
  readonly open: OpenAnswers;
  readonly streams: TopicStreams;
  readonly backpressureBytes: number;
}

/** A refused body up to so many times its limit is read and thrown away, so that the client gets to see the answer. */
const DISCARD_FACTOR = 8;

/** The answer to a request whose handler has returned without one. The library is answered once, or the client has left before. */
export class LateAnswer implements Listener<HttpReply> {
  readonly #response: uws.HttpResponse;
  readonly #request: AdaptedRequest;
  readonly #options: ReplyOptions;
  readonly #route: HttpRoute;
  readonly #deps: AnswerDeps;
  #isOver = false;
  #stream: EventStream | undefined;

  constructor(
    response: uws.HttpResponse,
    request: AdaptedRequest,
    options: ReplyOptions,
    route: HttpRoute,
    deps: AnswerDeps,
  ) {
    this.#response = response;
    this.#request = request;
    this.#options = options;
    this.#route = route;
    this.#deps = deps;
    deps.open.begin();
    response.onAborted(() => this.#abort());
  }

  answered(reply: HttpReply): void {
    this.#write(reply, false);
  }

  failed(error: unknown): void {
    const mustClose = error instanceof BodyTooLargeError && !worthDiscarding(this.#request, error);
    this.#write(replyToFailure(error, this.#request, this.#route, this.#deps.logger), mustClose);
  }

  #abort(): void {
    if (!this.#isOver) this.#deps.open.end();
    this.#isOver = true;
    this.#request.abort();
    this.#stream?.aborted();
  }

  #write(reply: HttpReply | undefined, mustClose: boolean): void {
    if (this.#isOver) reply?.events?.abandon();
    if (this.#isOver || reply === undefined) return;
    this.#isOver = true;
    const { logger, open } = this.#deps;
    const response = this.#response;
    try {
      this.#request.discardBody();
      if (reply.events !== undefined) this.#stream = this.#createStream(reply.events);
      this.#options.closeConnection = mustClose || open.isDraining;
      response.cork(() => {
        if (this.#stream === undefined) return writeReply(response, reply, this.#options);
        writeHead(response, reply, this.#options);
        this.#stream.begin(response);
      });
    } catch (error) {
      const { id } = this.#request;
      logger.error({ err: error, request: id, route: this.#route.pattern }, 'a reply could not be written');
      response.close();
    }
    open.end();
  }

  #createStream(events: NonNullable<HttpReply['events']>): EventStream {
    const { logger, streams, backpressureBytes } = this.#deps;
    const defer = (action: () => void): void => void setImmediate(action);
    const { remoteAddress } = this.#request;
    return new EventStream(events, streams, { remoteAddress, backpressureBytes, defer, logger });
  }
}

function worthDiscarding(request: AdaptedRequest, error: BodyTooLargeError): boolean {
  return request.declaredBytes !== undefined && request.declaredBytes <= error.maxBytes * DISCARD_FACTOR;
}

/** `undefined` where nobody is there to be told. */
export function replyToFailure(
  error: unknown,
  { id }: Pick<HttpRequest, 'id'>,
  route: HttpRoute,
  logger: Logger,
): HttpReply | undefined {
  if (error instanceof RequestAbortedError) return undefined;
  if (error instanceof BodyTooLargeError) return problemReply(413, 'too_large', error.message);
  if (error instanceof OperatingError) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    return problemReply(503, 'unavailable', 'try again later', { 'retry-after': String(seconds) });
  }
  logger.error({ err: error, request: id, method: route.method, route: route.pattern }, 'a handler threw');
  return problemReply(500, 'unavailable', 'a defect of the server; it has been logged', {
    'x-request-id': id,
  });
}
