import type { CloseReason } from '../protocol/codes.ts';
import type { ByeFrame } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Identity } from './auth/identity.ts';
import { ConnectionEnd } from './connection-end.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import type { HeldChannels, NamedChannel } from './gateway/held-channels.ts';
import type { ResumePositions } from './gateway/resume-positions.ts';
import { Subscriptions } from './gateway/subscriptions.ts';
import type { SharedBySubscriptions } from './gateway/subscriptions-deps.ts';
import type { ConnectionEvents, TableConnection } from './table-connection.ts';
import type { GatewaySocket } from './transport/socket-types.ts';

/** One object for all of them. */
export interface SharedByStreams extends SharedBySubscriptions {
  readonly clock: Clock;
  readonly options: GatewayOptions;
  readonly events: ConnectionEvents;
}

/** What a client asked for that only listens. */
export interface Listening {
  readonly identity: Identity;
  /** Each once, all of them permitted. */
  readonly channels: readonly NamedChannel[];
  /** They are open, and stay so until they are released. */
  readonly held: HeldChannels;
  readonly positions: ResumePositions;
}

/** One client that only listens: subscribed from its beginning to what its request has named. */
export class StreamConnection implements TableConnection {
  readonly id: string;
  readonly unacked = 0;
  readonly #shared: SharedByStreams;
  readonly #socket: GatewaySocket;
  readonly #listening: Listening;
  readonly #subscriptions: Subscriptions;
  #end: ConnectionEnd | undefined;
  /** So many of the channels are subscribed to; the others wait until there is room for their states. */
  #subscribed = 0;

  constructor(shared: SharedByStreams, socket: GatewaySocket, listening: Listening, id: string) {
    this.id = id;
    this.#shared = shared;
    this.#socket = socket;
    this.#listening = listening;
    this.#subscriptions = new Subscriptions(shared, this, socket);
  }

  get kind(): 'stream' {
    return 'stream';
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  get isClosing(): boolean {
    return this.#end?.isDecided ?? false;
  }

  get endsFor(): CloseReason | undefined {
    return this.#end?.reason;
  }

  get subject(): string {
    return this.#listening.identity.subject;
  }

  get isBehind(): boolean {
    return this.#subscriptions.isBehind;
  }

  open(): void {
    this.#subscribe();
  }

  message(): void {
    // It has no way to say anything.
  }

  dropped(): void {
    this.#subscriptions.dropped();
  }

  overflown(): void {
    this.close('limitExceeded');
  }

  drained(): void {
    this.#subscriptions.drained();
    this.#subscribe();
  }

  closed(): void {
    if (!this.#ending.noteClosed()) return;
    this.#listening.held.release();
    this.#shared.events.closed(this);
  }

  close(reason: CloseReason): void {
    this.#ending.close(reason);
  }

  cutOff(reason: CloseReason): void {
    this.#ending.cutOff(reason);
  }

  sayBye(bye: ByeFrame): void {
    if (this.isClosing) return;
    this.#subscriptions.reply(bye);
    this.close('draining');
  }

  sweep(now: number): void {
    if (this.#end?.sweep(now)) return;
    const { expiresAt } = this.#listening.identity;
    if (expiresAt === undefined || now < expiresAt) return;
    this.#subscriptions.reply({ type: 'error', code: 'unauthorized', message: 'the token has expired' });
    this.close('tokenRefused');
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

  /** One state after the other, as long as there is room, so that many large ones are not taken for a slow client. */
  #subscribe(): void {
    const { channels, held, positions } = this.#listening;
    const below = this.#shared.options.limits.backpressureBytes / 2;
    while (!this.isClosing && this.#socket.bufferedBytes() < below) {
      const id = this.#subscribed;
      const named = channels[id];
      if (named === undefined) return;
      this.#subscribed++;
      const { name, channel } = named;
      const since = positions.of(name);
      const frame = { type: 'subscribe', id, channel: name } as const;
      this.#subscriptions.subscribe(since === undefined ? frame : { ...frame, since }, channel);
      held.release(name);
    }
  }
}
