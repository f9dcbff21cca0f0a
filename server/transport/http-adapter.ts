import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { AdaptedRequest, readParams } from './http-request.ts';
import {
  BodyTooLargeError,
  type HttpReply,
  type HttpRequest,
  type HttpRoute,
  RequestAbortedError,
} from './http-types.ts';
import { problemReply } from './problem-reply.ts';
import type * as uws from './uws.ts';
import { type ReplyOptions, writeReply } from './write-reply.ts';

export interface RequestChecks {
  /** Whether a page of this origin may talk to us under this Host. */
  originAllowed(origin: string, host: string): boolean;
  hostAllowed(host: string): boolean;
}

/** A refused body up to so many times its limit is read and thrown away, so that the client gets to see the answer. */
const DISCARD_FACTOR = 8;

const NOT_FOUND = problemReply(404, 'not_found', 'there is no such path');

export function addRoutes(
  app: uws.TemplatedApp,
  routes: readonly HttpRoute[],
  checks: RequestChecks,
  logger: Logger,
): void {
  for (const route of routes) {
    const answer = createAnswer(route, checks, logger);
    switch (route.method) {
      case 'GET':
        app.get(route.pattern, (response, request) => answer(response, request, 'GET'));
        app.head(route.pattern, (response, request) => answer(response, request, 'HEAD'));
        break;
      case 'POST':
        app.post(route.pattern, (response, request) => answer(response, request, 'POST'));
        break;
      case 'PUT':
        app.put(route.pattern, (response, request) => answer(response, request, 'PUT'));
        break;
      case 'DELETE':
        app.del(route.pattern, (response, request) => answer(response, request, 'DELETE'));
        break;
      case 'ANY':
        app.any(route.pattern, (response, request) =>
          answer(response, request, request.getCaseSensitiveMethod().toUpperCase()),
        );
        break;
    }
  }
  const fallback: HttpRoute = { method: 'ANY', pattern: '/*', handler: answerUnknown };
  const answer = createAnswer(fallback, checks, logger);
  app.any(fallback.pattern, (response, request) =>
    answer(response, request, request.getCaseSensitiveMethod().toUpperCase()),
  );
}

/** Also the answer to a browser's question beforehand; who gets here is of an allowed origin. */
function answerUnknown(request: HttpRequest): HttpReply {
  if (request.method !== 'OPTIONS' || request.header('access-control-request-method') === '') {
    return NOT_FOUND;
  }
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      'access-control-allow-headers': 'authorization, content-type, idempotency-key, accept',
      'access-control-max-age': '600',
    },
  };
}

type Answer = (response: uws.HttpResponse, request: uws.HttpRequest, method: string) => void;

/** Whatever goes wrong, the library is answered: it aborts the process at a request that is not. */
function createAnswer(route: HttpRoute, checks: RequestChecks, logger: Logger): Answer {
  const answer = createCheckedAnswer(route, checks, logger);
  return (response, request, method) => {
    try {
      answer(response, request, method);
    } catch (error) {
      logger.error({ err: error, route: route.pattern }, 'a reply could not be written');
      response.close();
    }
  };
}

function createCheckedAnswer(route: HttpRoute, checks: RequestChecks, logger: Logger): Answer {
  const paramCount = route.pattern.split('/').filter((segment) => segment.startsWith(':')).length;

  return (response, request, method) => {
    const origin = request.getHeader('origin');
    const host = request.getHeader('host');
    const options: ReplyOptions = { withoutBody: method === 'HEAD', origin, closeConnection: false };
    const refusal = checkRequest(checks, origin, host);
    if (refusal !== undefined) return writeReply(response, refusal, { ...options, origin: '' });
    const params = readParams(request, paramCount);
    if (params === undefined) {
      const reply = problemReply(400, 'malformed', 'the path is not valid percent-encoding');
      return writeReply(response, reply, options);
    }

    const adapted = new AdaptedRequest(response, request, method, params);
    let reply: HttpReply | Promise<HttpReply>;
    try {
      reply = route.handler(adapted);
    } catch (error) {
      reply = replyToFailure(error, route, logger) ?? NOT_FOUND;
    }
    if (!(reply instanceof Promise)) return writeReply(response, reply, options);
    adapted.detach();
    answerLater(response, adapted, reply, options, route, logger);
  };
}

function answerLater(
  response: uws.HttpResponse,
  request: AdaptedRequest,
  pending: Promise<HttpReply>,
  options: ReplyOptions,
  route: HttpRoute,
  logger: Logger,
): void {
  let aborted = false;
  response.onAborted(() => {
    aborted = true;
    request.abort();
  });
  const write = (reply: HttpReply | undefined, closeConnection = false): void => {
    if (aborted || reply === undefined) return;
    try {
      request.discardBody();
      response.cork(() => writeReply(response, reply, { ...options, closeConnection }));
    } catch (error) {
      logger.error({ err: error, route: route.pattern }, 'a reply could not be written');
      response.close();
    }
  };
  pending.then(
    (reply) => write(reply),
    (error: unknown) => {
      const closeConnection = error instanceof BodyTooLargeError && !worthDiscarding(request, error);
      write(replyToFailure(error, route, logger), closeConnection);
    },
  );
}

function checkRequest(checks: RequestChecks, origin: string, host: string): HttpReply | undefined {
  if (!checks.hostAllowed(host)) return problemReply(403, 'forbidden', 'this Host is not served');
  if (origin !== '' && !checks.originAllowed(origin, host)) {
    return problemReply(403, 'forbidden', 'this Origin is not allowed');
  }
  return undefined;
}

function worthDiscarding(request: AdaptedRequest, error: BodyTooLargeError): boolean {
  return request.declaredBytes !== undefined && request.declaredBytes <= error.maxBytes * DISCARD_FACTOR;
}

/** `undefined` where nobody is there to be told. */
function replyToFailure(error: unknown, route: HttpRoute, logger: Logger): HttpReply | undefined {
  if (error instanceof RequestAbortedError) return undefined;
  if (error instanceof BodyTooLargeError) return problemReply(413, 'too_large', error.message);
  if (error instanceof OperatingError) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    return problemReply(503, 'unavailable', 'try again later', { 'retry-after': String(seconds) });
  }
  logger.error({ err: error, method: route.method, route: route.pattern }, 'a handler threw');
  return problemReply(500, 'unavailable', 'a defect of the server; it has been logged');
}
