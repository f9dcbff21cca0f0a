import { parseChannel } from '../protocol/channels.ts';
import type { CloseReason, ErrorCode } from '../protocol/codes.ts';
import type { ByeFrame, ClientFrame, PublishFrame, ServerFrame, SubscribeFrame } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Authenticator, Identity } from './auth/identity.ts';
import { ConnectionEnd } from './connection-end.ts';
import { readInput } from './connection-input.ts';
import { ConnectionPublishes } from './connection-publishes.ts';
import type { ChannelHub } from './gateway/channel-hub.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import { Subscriptions } from './gateway/subscriptions.ts';
import { HeldMessages } from './held-messages.ts';
import type { Ingest } from './ingest/ingest-types.ts';
import { INPUT_LIMITS, maxValues } from './limits.ts';
import type { ConnectionEvents, TableConnection } from './table-connection.ts';
import type { GatewaySocket } from './transport/socket-types.ts';
import { welcomeFrame } from './welcome-frame.ts';

export interface ConnectionDeps {
  readonly hub: ChannelHub;
  readonly ingest: Pick<Ingest, 'submit' | 'openProducer'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly defer: (action: () => void) => void;
}

/** One object for all connections, as there are very many. */
export interface SharedByConnections extends ConnectionDeps {
  readonly options: GatewayOptions;
  readonly events: ConnectionEvents;
}

/** One client: reads its frames in order, asks the parts that answer them, and replies. */
export class Connection implements TableConnection {
  readonly id: string;
  readonly #shared: SharedByConnections;
  readonly #socket: GatewaySocket;
  readonly #subscriptions: Subscriptions;
  /** Made for the first publish, since most clients only listen. */
  #publishes: ConnectionPublishes | undefined;
  /** While a token is being verified. */
  #held: HeldMessages | undefined;
  #end: ConnectionEnd | undefined;
  #identity: Identity;
  #expiryWarned = false;

  constructor(shared: SharedByConnections, socket: GatewaySocket, id: string) {
    this.id = id;
    this.#shared = shared;
    this.#socket = socket;
    this.#identity = shared.authenticator.anonymous;
    this.#subscriptions = new Subscriptions(shared, this, socket);
  }

  get kind(): 'socket' {
    return 'socket';
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  get unacked(): number {
    return this.#publishes?.unacked ?? 0;
  }

  get isClosing(): boolean {
    return this.#end?.isDecided ?? false;
  }

  get endsFor(): CloseReason | undefined {
    return this.#end?.reason;
  }

  get subject(): string {
    return this.#identity.subject;
  }

  get isBehind(): boolean {
    return this.#subscriptions.isBehind;
  }

  open(token: string | undefined): void {
    this.#reply(welcomeFrame(this.id, this.#shared.options));
    if (token !== undefined) this.#authenticate(token, undefined);
  }

  message(bytes: Uint8Array, isBinary: boolean): void {
    if (this.isClosing) return;
    if (this.#held === undefined) this.#handle(bytes, isBinary);
    else if (!this.#held.add(bytes, isBinary)) this.close('limitExceeded');
  }

  dropped(): void {
    this.#subscriptions.dropped();
  }

  overflown(): void {
    this.close('limitExceeded');
  }

  drained(): void {
    this.#subscriptions.drained();
  }

  closed(): void {
    if (!this.#ending.noteClosed()) return;
    this.#held = undefined;
    this.#publishes?.close();
    this.#shared.events.closed(this);
  }

  close(reason: CloseReason): void {
    this.#held = undefined;
    this.#ending.close(reason);
  }

  cutOff(reason: CloseReason): void {
    this.#held = undefined;
    this.#ending.cutOff(reason);
  }

  sayBye(bye: ByeFrame): void {
    this.#reply(bye);
    this.close('draining');
  }

  /** Asks for a new token some time before the end of the present one. */
  sweep(now: number): void {
    if (this.#end?.sweep(now)) return;
    const { expiresAt } = this.#identity;
    if (expiresAt === undefined || this.#held !== undefined) return;
    if (now >= expiresAt) {
      this.#refuse(undefined, 'unauthorized', 'the token has expired');
      this.close('tokenRefused');
    } else if (!this.#expiryWarned && now >= expiresAt - this.#shared.options.tuning.tokenWarningMs) {
      this.#expiryWarned = true;
      this.#refuse(undefined, 'unauthorized', 'the token expires soon; send a new one with auth');
    }
  }

  /** Made when it begins to end. */
  get #ending(): ConnectionEnd {
    this.#end ??= new ConnectionEnd(
      this.#shared.clock,
      this.#shared.options.tuning,
      this.#socket,
      this.#subscriptions,
    );
    return this.#end;
  }

  #handle(bytes: Uint8Array, isBinary: boolean): void {
    // Nothing but a publish has many values, and a stranger's is refused anyway.
    const most = this.#isAnonymous() ? INPUT_LIMITS.anonymousValues : maxValues(this.#shared.options.limits);
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
    } else if (this.#shared.events.isLeaving(this)) {
      this.#refuse(frame.id, 'unavailable', 'the node is draining', this.#shared.options.tuning.retryAfterMs);
    } else {
      this.#publishes ??= new ConnectionPublishes(
        { ...this.#shared, connection: this.id, reply: (reply) => this.#reply(reply) },
        this.#shared.options,
      );
      this.#publishes.handle(frame, this.#identity);
    }
  }

  /** Frames that arrive meanwhile wait, so that each is judged by the identity that was asked for before it. */
  #authenticate(token: string, id: number | undefined): void {
    const { tuning, limits } = this.#shared.options;
    this.#held ??= new HeldMessages(tuning.waitingFrameBytes + limits.frameBytes);
    this.#shared.authenticator.authenticate(token).then(
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
        this.#shared.logger.warn({ err: error, connection: this.id }, 'a token could not be verified');
        const { retryAfterMs } = this.#shared.options.tuning;
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
    const messages = this.#held?.messages ?? [];
    this.#held = undefined;
    for (const { bytes, isBinary } of messages) this.message(bytes, isBinary);
  }

  /** The sweep sees it a little later, and until then nothing more may be asked for. */
  #hasExpired(): boolean {
    const { expiresAt } = this.#identity;
    return expiresAt !== undefined && this.#shared.clock.now() >= expiresAt;
  }

  #isAnonymous(): boolean {
    return this.#identity === this.#shared.authenticator.anonymous;
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
