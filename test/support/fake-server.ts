/** A scripted server behind a fake WebSocket: a test says what it sends, and reads what the client sent. */
import type { WebSocketLike } from '../../client/web-socket.ts';
import { CODECS, type Encoding, SUBPROTOCOLS } from '../../protocol/codec.ts';
import type { AnnouncedLimits, ClientFrame, ServerFrame } from '../../protocol/frames.ts';

export interface FakeServer {
  /** What the client is given as its WebSocket. */
  readonly WebSocket: new (
    url: string,
    protocols: string[],
  ) => WebSocketLike;
  readonly connections: readonly FakeConnection[];
  /** The newest connection; a test that asks for one that is not there fails. */
  readonly latest: FakeConnection;
}

export function createFakeServer(): FakeServer {
  const connections: FakeConnection[] = [];
  return {
    WebSocket: class extends FakeConnection {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        connections.push(this);
      }
    },
    connections,
    get latest() {
      const connection = connections.at(-1);
      if (!connection) throw new Error('the client has not connected');
      return connection;
    },
  };
}

export class FakeConnection implements WebSocketLike {
  binaryType = 'blob';
  readonly protocol: string;
  readonly url: string;
  readonly received: ClientFrame[] = [];
  /** The close code that the client gave; `terminated` where it did not wait. */
  closedByClient: number | 'terminated' | undefined;
  readonly #encoding: Encoding;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocol = protocols[0] ?? '';
    this.#encoding = this.protocol === SUBPROTOCOLS.msgpack ? 'msgpack' : 'json';
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string | Uint8Array): void {
    if (this.closedByClient !== undefined) throw new Error('sent after close');
    const frame = typeof data === 'string' ? CODECS.json.decode(data) : CODECS.msgpack.decode(data);
    this.received.push(frame as ClientFrame);
  }

  close(code = 1005): void {
    this.closedByClient ??= code;
  }

  terminate(): void {
    this.closedByClient ??= 'terminated';
  }

  /** The last frame of a type that the client sent. */
  last<T extends ClientFrame['type']>(type: T): Extract<ClientFrame, { type: T }> {
    const frame = this.all(type).at(-1);
    if (!frame) throw new Error(`the client has sent no ${type}`);
    return frame;
  }

  all<T extends ClientFrame['type']>(type: T): Extract<ClientFrame, { type: T }>[] {
    return this.received.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type);
  }

  reply(frame: ServerFrame): void {
    const wire = CODECS[this.#encoding].encode(frame);
    this.replyRaw(typeof wire === 'string' ? wire : Uint8Array.from(wire).buffer);
  }

  replyRaw(data: unknown): void {
    this.#dispatch('message', { data });
  }

  welcome({
    pingIntervalMs = 25_000,
    ...limits
  }: { readonly pingIntervalMs?: number } & Partial<AnnouncedLimits> = {}): void {
    this.reply({
      type: 'welcome',
      session: 's1',
      node: 'n1',
      protocol: 1,
      pingIntervalMs,
      limits: {
        frameBytes: 1_048_576,
        subscriptionsPerConnection: 256,
        backpressureBytes: 1_048_576,
        eventsPerPublish: 10_000,
        unackedEventsPerConnection: 100_000,
        publishesPerSecond: 1000,
        ...limits,
      },
    });
  }

  /** The server, or the network, ends the connection. */
  hangUp(code = 1006, reason = ''): void {
    this.#dispatch('error', {});
    this.#dispatch('close', { code, reason });
  }

  #dispatch(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}
