import { CLOSE_CODES, type CloseReason } from '../../protocol/codes.ts';
import type { Logger } from '../../runtime/logger.ts';
import { AdaptedSocket, type SocketData } from './adapted-socket.ts';
import type { RequestChecks } from './http-adapter.ts';
import { addressText } from './http-request.ts';
import type { HttpReply } from './http-types.ts';
import { bearerToken, negotiate } from './negotiation.ts';
import { problemReply } from './problem-reply.ts';
import type { SocketAcceptor } from './socket-types.ts';
import type * as library from './uws.ts';
import { writeReply } from './write-reply.ts';

export interface SocketOptions {
  /** Bytes of one frame; over it: close 4503. */
  readonly frameBytes: number;
  readonly backpressureBytes: number;
  /**
   * Seconds without anything from the client after which the library cuts it off without a close frame; 8 to 960. The acceptor
   * has its own, shorter time.
   */
  readonly idleTimeoutSeconds: number;
}

const SOCKET_PATH = '/v1/ws';

/**
 * The library closes a too large frame without saying why, so its own limit is set beyond ours, and what lies between gets the
 * documented close. Over the library's limit the connection just ends.
 */
const HARD_LIMIT_FACTOR = 4;
const HARD_LIMIT_SLACK_BYTES = 64 * 1024;

/** The library's `DISABLED`, which its types lack as a value. */
const NO_COMPRESSION = 0;

/** A defect of ours; the client connects again. */
const INTERNAL_ERROR = 1011;

export function addSocketRoute(
  app: library.TemplatedApp,
  acceptor: SocketAcceptor,
  options: SocketOptions,
  checks: RequestChecks,
  logger: Logger,
  sockets: Set<AdaptedSocket>,
): void {
  const guard = (socket: AdaptedSocket, action: () => void): void => {
    try {
      action();
    } catch (error) {
      logger.error({ err: error }, 'a socket handler threw');
      socket.end(INTERNAL_ERROR, 'internal error');
    }
  };

  app.ws<SocketData>(SOCKET_PATH, {
    compression: NO_COMPRESSION,
    maxPayloadLength: options.frameBytes * HARD_LIMIT_FACTOR + HARD_LIMIT_SLACK_BYTES,
    maxBackpressure: options.backpressureBytes,
    closeOnBackpressureLimit: false,
    idleTimeout: options.idleTimeoutSeconds,
    sendPingsAutomatically: true,

    upgrade: (response, request, context) => {
      const negotiated = negotiate(request.getHeader('sec-websocket-protocol'));
      const refusal =
        checkUpgrade(request, checks) ??
        (negotiated === undefined
          ? problemReply(400, 'malformed', 'none of the subprotocols is known')
          : null);
      if (refusal !== null || negotiated === undefined) {
        if (refusal !== null) {
          writeReply(response, refusal, { withoutBody: false, origin: '', closeConnection: true });
        }
        return;
      }
      response.upgrade<SocketData>(
        {
          socket: new AdaptedSocket(negotiated.encoding, addressText(response)),
          token: bearerToken(request.getHeader('authorization')) ?? request.getQuery('token'),
        },
        request.getHeader('sec-websocket-key'),
        negotiated.subprotocol,
        request.getHeader('sec-websocket-extensions'),
        context,
      );
    },

    open: (live) => {
      const { socket, token } = live.getUserData();
      socket.attach(live);
      sockets.add(socket);
      guard(socket, () => {
        const handler = acceptor.open(socket, {
          encoding: socket.encoding,
          remoteAddress: socket.remoteAddress,
          ...(token === undefined || token === '' ? {} : { token }),
        });
        // The acceptor may have ended it at once; then `close` has come before there was a handler.
        if (socket.isOpen) socket.handler = handler;
        else handler.closed(CLOSE_CODES.normal.code);
      });
    },

    message: (live, message, isBinary) => {
      const { socket } = live.getUserData();
      socket.heard = true;
      if (message.byteLength > options.frameBytes) return endWith(socket, 'frameTooLarge');
      guard(socket, () => socket.handler?.message(new Uint8Array(message), isBinary));
    },

    dropped: (live) => {
      live.getUserData().socket.handler?.dropped();
    },

    ping: (live) => {
      live.getUserData().socket.heard = true;
    },

    pong: (live) => {
      live.getUserData().socket.heard = true;
    },

    drain: (live) => {
      const { socket } = live.getUserData();
      socket.heard = true;
      guard(socket, () => socket.handler?.drained());
    },

    close: (live, code) => {
      const { socket } = live.getUserData();
      const { handler } = socket;
      socket.detach();
      socket.handler = undefined;
      sockets.delete(socket);
      guard(socket, () => handler?.closed(code));
    },
  });
}

function endWith(socket: AdaptedSocket, reason: CloseReason): void {
  socket.end(CLOSE_CODES[reason].code, CLOSE_CODES[reason].means);
}

function checkUpgrade(request: library.HttpRequest, checks: RequestChecks): HttpReply | undefined {
  const host = request.getHeader('host');
  const origin = request.getHeader('origin');
  if (!checks.hostAllowed(host)) return problemReply(403, 'forbidden', 'this Host is not served');
  if (origin !== '' && !checks.originAllowed(origin, host)) {
    return problemReply(403, 'forbidden', 'this Origin is not allowed');
  }
  return undefined;
}
