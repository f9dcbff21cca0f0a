import { parseChannel } from '../protocol/channels.ts';
import { CLOSE_CODES, type CloseReason, type ErrorCode } from '../protocol/codes.ts';
import type { ByeFrame, ClientFrame, PublishFrame, ServerFrame, SubscribeFrame } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Authenticator, Identity } from './auth/identity.ts';
import { readInput } from './connection-input.ts';
import { ConnectionPublishes } from './connection-publishes.ts';
import type { ChannelHub } from './gateway/channel-hub.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import { Subscriptions } from './gateway/subscriptions.ts';
import { HeldMessages } from './held-messages.ts';
import type { Ingest } from './ingest/ingest-types.ts';
import { INPUT_LIMITS, maxValues } from './limits.ts';
import type { GatewaySocket, SocketHandler } from './transport/socket-types.ts';

export interface ConnectionDeps {
  readonly hub: ChannelHub;
  readonly ingest: Pick<Ingest, 'publish' | 'openProducer'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly defer: (action: () => void) => void;
}

/** What the table of connections wants to know. */
export interface ConnectionEvents {
  readonly closed: (connection: Connection) => void;
  /** True once the node is draining: what is published from then on is refused. */
  readonly isDraining: () => boolean;
}

/** One client: reads its frames in order, asks the parts that answer them, and replies. */
export class Connection implements SocketHandler {
  readonly #deps: ConnectionDeps;
  readonly #options: GatewayOptions;
  readonly #events: ConnectionEvents;
  readonly #socket: GatewaySocket;
  readonly #subscriptions: Subscriptions;
  readonly #publishes: ConnectionPublishes;
  readonly #held: HeldMessages;
  #identity: Identity;
  #expiryWarned = false;
  /** Set once a close was decided on; the socket may take a while to take the close frame. */
  #closing: { readonly reason: CloseReason; readonly deadline: number } | undefined;
  #closed = false;

  constructor(
    deps: ConnectionDeps,
    options: GatewayOptions,
    events: ConnectionEvents,
    socket: GatewaySocket,
  ) {
    this.#deps = deps;
    this.#options = options;
    this.#events = events;
    this.#socket = socket;
    this.#identity = deps.authenticator.anonymous;
    this.#held = new HeldMessages(options.tuning.waitingFrameBytes + options.limits.frameBytes);
    this.#publishes = new ConnectionPublishes(
      { ...deps, reply: (frame) => this.#reply(frame) },
      { ...options.limits, ...options.tuning },
    );
    this.#subscriptions = new Subscriptions(
      { socket, hub: deps.hub, defer: deps.defer, overflown: () => this.close('limitExceeded') },
      { ...options.limits, ...options.tuning },
    );
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Publishes that are not yet answered. */
  get unacked(): number {
    return this.#publishes.unacked;
  }

  /** It is to be closed, or it is; nothing is read or said any more. */
  get isClosing(): boolean {
    return this.#closed || this.#closing !== undefined;
  }

  open(session: string, token: string | undefined): void {
    const { node, limits, tuning } = this.#options;
    const { pingIntervalMs } = tuning;
    this.#reply({
      type: 'welcome',
      session,
      node,
      protocol: 1,
      pingIntervalMs,
      limits: {
        frameBytes: limits.frameBytes,
        subscriptionsPerConnection: limits.subscriptionsPerConnection,
        backpressureBytes: limits.backpressureBytes,
        eventsPerPublish: limits.eventsPerPublish,
        unackedEventsPerConnection: limits.unackedEventsPerConnection,
        publishesPerSecond: limits.publishesPerSecond,
      },
    });
    if (token !== undefined) this.#authenticate(token, undefined);
  }

  message(bytes: Uint8Array, isBinary: boolean): void {
    if (this.isClosing) return;
    if (!this.#held.isHolding) this.#handle(bytes, isBinary);
    else if (!this.#held.add(bytes, isBinary)) this.close('limitExceeded');
  }

  dropped(): void {
    this.#subscriptions.dropped();
  }

  drained(): void {
    this.#subscriptions.drained();
  }

  closed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held.release();
    this.#subscriptions.close();
    this.#publishes.close();
    this.#events.closed(this);
  }

  /** A client that does not read is told later, and is cut off by `sweep` if it never reads. */
  close(reason: CloseReason): void {
    if (this.isClosing) return;
    this.#closing = { reason, deadline: this.#deps.clock.now() + this.#options.tuning.closeDeadlineMs };
    this.#held.release();
    const { code, means } = CLOSE_CODES[reason];
    this.#subscriptions.end(code, means, reason === 'limitExceeded' ? 'forgotten' : 'kept');
  }

  /** Ends at once; the close frame is lost where the client does not read. */
  cutOff(reason: CloseReason): void {
    this.close(reason);
    const { code, means } = CLOSE_CODES[this.#closing?.reason ?? reason];
    if (!this.#closed) this.#socket.end(code, means);
  }

  /** The last word of a draining node. */
  sayBye(bye: ByeFrame): void {
    this.#reply(bye);
    this.close('draining');
  }

  /** Called now and then: asks for a new token some time before the end of the present one. */
  sweep(now: number): void {
    if (this.#closing !== undefined) {
      if (now >= this.#closing.deadline) this.cutOff(this.#closing.reason);
      return;
    }
    const { expiresAt } = this.#identity;
    if (expiresAt === undefined || this.#held.isHolding) return;
    if (now >= expiresAt) {
      this.#refuse(undefined, 'unauthorized', 'the token has expired');
      this.close('tokenRefused');
    } else if (!this.#expiryWarned && now >= expiresAt - this.#options.tuning.tokenWarningMs) {
      this.#expiryWarned = true;
      this.#refuse(undefined, 'unauthorized', 'the token expires soon; send a new one with auth');
    }
  }

  #handle(bytes: Uint8Array, isBinary: boolean): void {
    // Nothing but a publish has many values, and a stranger's is refused anyway.
    const most = this.#isAnonymous() ? INPUT_LIMITS.anonymousValues : maxValues(this.#options.limits);
    const input = readInput(this.#socket.encoding, bytes, isBinary, { maxValues: most });
    switch (input.kind) {
      case 'frame':
        this.#handleFrame(input.frame);
        break;
      case 'invalid':
        this.#refuse(input.id, 'malformed', input.message);
        break;
      case 'unreadable':
        this.#refuse(undefined, input.code, input.message);
        this.close(input.code === 'too_large' ? 'frameTooLarge' : 'malformedFrame');
        break;
    }
  }

  #handleFrame(frame: ClientFrame): void {
    if ((frame.type === 'publish' || frame.type === 'subscribe') && this.#hasExpired()) {
      this.#refuse(frame.id, 'unauthorized', 'the token has expired');
      this.close('tokenRefused');
      return;
    }
    switch (frame.type) {
      case 'auth':
        this.#authenticate(frame.token, frame.id);
        break;
      case 'subscribe':
        this.#handleSubscribe(frame);
        break;
      case 'unsubscribe':
        this.#subscriptions.unsubscribe(frame.id, frame.channel);
        break;
      case 'publish':
        this.#handlePublish(frame);
        break;
      case 'ping':
        this.#reply({ type: 'pong', id: frame.id });
        break;
    }
  }

  #handleSubscribe(frame: SubscribeFrame): void {
    const channel = parseChannel(frame.channel);
    if (channel === undefined) {
      this.#refuse(frame.id, 'unknown_channel', 'the channel name is not well-formed');
    } else if (this.#identity.maySubscribe(frame.channel)) {
      this.#subscriptions.subscribe(frame, channel);
    } else if (this.#isAnonymous()) {
      this.#refuse(frame.id, 'unauthorized', 'subscribing to this channel needs a token');
    } else {
      this.#refuse(frame.id, 'forbidden', 'the token does not permit subscribing to this channel');
    }
  }

  #handlePublish(frame: PublishFrame): void {
    if (this.#isAnonymous()) {
      this.#refuse(frame.id, 'unauthorized', 'publishing needs a token');
    } else if (this.#events.isDraining()) {
      this.#refuse(frame.id, 'unavailable', 'the node is draining', this.#options.tuning.retryAfterMs);
    } else {
      this.#publishes.handle(frame, this.#identity);
    }
  }

  /** Frames that arrive meanwhile wait, so that each is judged by the identity that was asked for before it. */
  #authenticate(token: string, id: number | undefined): void {
    this.#held.hold();
    this.#deps.authenticator.authenticate(token).then(
      (authentication) => {
        if (this.isClosing) return;
        if (!authentication.ok) {
          this.#refuse(id, 'unauthorized', authentication.message);
          this.close('tokenRefused');
          return;
        }
        this.#adopt(authentication.identity);
        if (id !== undefined) this.#reply({ type: 'ok', id });
        this.#handleWaiting();
      },
      (error: unknown) => {
        if (this.isClosing) return;
        this.#deps.logger.warn({ err: error }, 'a token could not be verified');
        const { retryAfterMs } = this.#options.tuning;
        this.#refuse(id, 'unavailable', 'tokens cannot be verified at present', retryAfterMs);
        if (id === undefined) this.close('overloaded');
        else this.#handleWaiting();
      },
    );
  }

  #adopt(identity: Identity): void {
    this.#identity = identity;
    this.#expiryWarned = false;
    this.#subscriptions.keepOnly((channel) => identity.maySubscribe(channel));
  }

  /** Another `auth` among them lets the rest wait again. */
  #handleWaiting(): void {
    for (const { bytes, isBinary } of this.#held.release()) this.message(bytes, isBinary);
  }

  /** The sweep sees it a little later, and until then nothing more may be asked for. */
  #hasExpired(): boolean {
    const { expiresAt } = this.#identity;
    return expiresAt !== undefined && this.#deps.clock.now() >= expiresAt;
  }

  #isAnonymous(): boolean {
    return this.#identity === this.#deps.authenticator.anonymous;
  }

  #refuse(id: number | undefined, code: ErrorCode, message: string, retryAfterMs?: number): void {
    this.#reply({
      type: 'error',
      ...(id === undefined ? {} : { id }),
      code,
      message,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  #reply(frame: ServerFrame): void {
    if (!this.isClosing) this.#subscriptions.reply(frame);
  }
}
