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
import type { OpenAnswers } from './open-answers.ts';
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
const DRAINING = problemReply(503, 'unavailable', 'the node is draining', { 'retry-after': '1' });

interface AnswerDeps {
  readonly checks: RequestChecks;
  readonly logger: Logger;
  readonly open: OpenAnswers;
}

export function addRoutes(app: uws.TemplatedApp, routes: readonly HttpRoute[], deps: AnswerDeps): void {
  for (const route of routes) {
    const answer = createAnswer(route, deps);
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
  const answer = createAnswer(fallback, deps);
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
function createAnswer(route: HttpRoute, deps: AnswerDeps): Answer {
  const { logger } = deps;
  const answer = createCheckedAnswer(route, deps);
  return (response, request, method) => {
    try {
      answer(response, request, method);
    } catch (error) {
      logger.error({ err: error, route: route.pattern }, 'a reply could not be written');
      response.close();
    }
  };
}

function createCheckedAnswer(route: HttpRoute, { checks, logger, open }: AnswerDeps): Answer {
  const paramCount = route.pattern.split('/').filter((segment) => segment.startsWith(':')).length;

  return (response, request, method) => {
    const origin = request.getHeader('origin');
    const host = request.getHeader('host');
    const options: ReplyOptions = {
      withoutBody: method === 'HEAD',
      origin,
      closeConnection: open.isDraining,
    };
    const refusal = checkRequest(checks, origin, host);
    if (refusal !== undefined) return writeReply(response, refusal, { ...options, origin: '' });
    if (open.isDraining && !isSafe(method)) return writeReply(response, DRAINING, options);
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
    answerLater(response, adapted, reply, options, route, { logger, open });
  };
}

function answerLater(
  response: uws.HttpResponse,
  request: AdaptedRequest,
  pending: Promise<HttpReply>,
  options: ReplyOptions,
  route: HttpRoute,
  { logger, open }: Pick<AnswerDeps, 'logger' | 'open'>,
): void {
  let over = false;
  open.begin();
  response.onAborted(() => {
    if (!over) open.end();
    over = true;
    request.abort();
  });
  const write = (reply: HttpReply | undefined, mustClose = false): void => {
    if (over || reply === undefined) return;
    over = true;
    const closeConnection = mustClose || open.isDraining;
    try {
      request.discardBody();
      response.cork(() => writeReply(response, reply, { ...options, closeConnection }));
    } catch (error) {
      logger.error({ err: error, route: route.pattern }, 'a reply could not be written');
      response.close();
    }
    open.end();
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

/** What changes nothing is still answered while the node drains. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
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
