import type { Identity } from './auth/identity.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import { type ChannelRefusal, HeldChannels, type NamedChannel } from './gateway/held-channels.ts';
import { ResumePositions } from './gateway/resume-positions.ts';
import { type SharedByStreams, StreamConnection } from './stream-connection.ts';
import type { EventSource } from './transport/stream-types.ts';

/** Who has asked has been permitted to read the channels; each is there once. */
export interface StreamRequest {
  readonly identity: Identity;
  readonly remoteAddress: string;
  readonly channels: readonly NamedChannel[];
  readonly lastEventId: string;
}

export type StreamVerdict =
  | { readonly ok: true; readonly events: EventSource }
  | { readonly ok: false; readonly refusal: ChannelRefusal };

export interface StreamAcceptor {
  /** All channels, or none: a stream begins when each of them has a state. */
  open(request: StreamRequest): Promise<StreamVerdict>;
}

export interface StreamOpenerDeps extends Omit<SharedByStreams, 'options' | 'events'> {
  readonly table: ConnectionTable;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly randomId: () => string;
}

/** Lets streams of events in, within the limits that they share with sockets. */
export class StreamOpener implements StreamAcceptor {
  readonly #deps: StreamOpenerDeps;
  readonly #options: GatewayOptions;
  readonly #shared: SharedByStreams;

  constructor(deps: StreamOpenerDeps, options: GatewayOptions) {
    const { hub, clock, defer, table } = deps;
    this.#deps = deps;
    this.#options = options;
    this.#shared = { hub, clock, defer, options, events: table.events };
  }

  async open(request: StreamRequest): Promise<StreamVerdict> {
    const { table, hub } = this.#deps;
    const { retryAfterMs } = this.#options.tuning;
    const refusal = this.#tooMany(request) ?? table.admitStream(request.remoteAddress);
    if (refusal !== undefined) return { ok: false, refusal };
    const held = new HeldChannels(hub);
    const missing = await held.open(request.channels, retryAfterMs);
    if (missing === undefined) return { ok: true, events: this.#source(request, held) };
    table.forgetStream(request.remoteAddress);
    return { ok: false, refusal: missing };
  }

  #tooMany({ channels }: StreamRequest): ChannelRefusal | undefined {
    const { subscriptionsPerConnection } = this.#options.limits;
    if (channels.length <= subscriptionsPerConnection) return undefined;
    const message = `over the limit of ${subscriptionsPerConnection} subscriptions of a connection`;
    return { code: 'too_many_subscriptions', message };
  }

  #source(
    { identity, remoteAddress, channels, lastEventId }: StreamRequest,
    held: HeldChannels,
  ): EventSource {
    const { table, random, randomId } = this.#deps;
    const { retryAfterMs, drainSpreadMs } = this.#options.tuning;
    const names = channels.map(({ name }) => name);
    const positions = new ResumePositions(names, lastEventId);
    return {
      // Spread, so that the clients of a node that is gone do not come to another one at one moment.
      retryMs: retryAfterMs + Math.floor(random() * drainSpreadMs),
      idAfter: (head) => positions.idAfter(head),
      begin: (socket) => {
        const listening = { identity, channels, held, positions };
        const id = randomId();
        const connection = new StreamConnection(this.#shared, socket, listening, id);
        table.addStream(connection, socket);
        connection.open();
        return connection;
      },
      abandon: () => {
        held.release();
        table.forgetStream(remoteAddress);
      },
    };
  }
}
