import { CLOSE_CODES, type CloseReason } from '../protocol/codes.ts';
import type { ByeFrame } from '../protocol/frames.ts';
import type { ConnectionInfo } from '../protocol/node-reports.ts';
import { Connection, type ConnectionDeps, type SharedByConnections } from './connection.ts';
import { ConnectionPlaces } from './connection-places.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import type { ChannelRefusal } from './gateway/held-channels.ts';
import { lookAt, type Silence } from './silence.ts';
import type { ConnectionEvents, TableConnection } from './table-connection.ts';
import type { GatewaySocket, Handshake, SocketAcceptor, SocketHandler } from './transport/socket-types.ts';

export interface ConnectionTableDeps extends ConnectionDeps {
  readonly randomId: () => string;
}

interface Entry extends Silence {
  readonly socket: GatewaySocket;
  /** On this table's clock, and so is `silentSince`. */
  readonly openedAt: number;
}

/** How often a draining node looks whether publishes have been answered and closed sockets are gone. */
const DRAIN_POLL_MS = 20;

/** All connections of this node, sockets and streams of events: takes them in within its limits, looks after their tokens and signs of life, says bye. */
export class ConnectionTable implements SocketAcceptor {
  readonly events: ConnectionEvents;
  readonly #deps: ConnectionTableDeps;
  readonly #options: GatewayOptions;
  readonly #shared: SharedByConnections;
  readonly #connections = new Map<TableConnection, Entry>();
  /** Whose turn has come while the node drains. */
  readonly #leaving = new Set<TableConnection>();
  readonly #places: ConnectionPlaces;
  /** Times of connections count from here, since large numbers are objects of their own. */
  readonly #beganAt: number;
  #cancelTimer: (() => void) | undefined;
  #draining: Promise<void> | undefined;
  #refused = 0;
  #opened = 0;
  readonly #closed = new Map<CloseReason | 'client', number>();

  constructor(deps: ConnectionTableDeps, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#places = new ConnectionPlaces(options.limits);
    this.events = {
      closed: (connection) => this.#remove(connection),
      isLeaving: (connection) => this.#leaving.has(connection),
    };
    this.#beganAt = deps.clock.now();
    this.#shared = { ...deps, options, events: this.events };
  }

  start(): void {
    const { clock } = this.#deps;
    const sweep = (): void => {
      this.#sweep(clock.now());
      this.start();
    };
    this.#cancelTimer = clock.after(this.#options.tuning.tokenSweepMs, sweep, 'about');
  }

  #sweep(now: number): void {
    for (const [connection, entry] of this.#connections) {
      connection.sweep(now);
      if (connection.isClosing) continue;
      const verdict = lookAt(entry, entry.socket.takeHeard(), now - this.#beganAt, this.#options.tuning);
      if (verdict === 'ask') entry.socket.ping();
      if (verdict === 'idle') connection.close('idle');
    }
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const connection of [...this.#connections.keys()]) connection.cutOff('goingAway');
  }

  stats() {
    let subscriptions = 0;
    for (const connection of this.#connections.keys()) subscriptions += connection.subscriptions;
    return {
      connections: this.#connections.size,
      subscriptions,
      refusedConnections: this.#refused,
      openedConnections: this.#opened,
      closedConnections: this.#closed,
    };
  }

  /** The slowest first, then those with most subscriptions; such as have `search` in their id, address or subject. */
  list(search: string, limit: number): readonly ConnectionInfo[] {
    const found: ConnectionInfo[] = [];
    for (const [connection, { socket, openedAt: sinceBegan }] of this.#connections) {
      const { id, kind, subject, subscriptions, isBehind: behind, isClosing } = connection;
      const { remoteAddress: address } = socket;
      if (isClosing || ![id, address, subject].some((each) => each.includes(search))) continue;
      const openedAt = this.#beganAt + sinceBegan;
      const unsentBytes = socket.bufferedBytes();
      found.push({ id, kind, address, subject, subscriptions, openedAt, unsentBytes, behind });
    }
    found.sort((a, b) => b.unsentBytes - a.unsentBytes || b.subscriptions - a.subscriptions);
    return found.slice(0, limit);
  }

  /** By an operator; false where there is no such one. */
  disconnect(id: string): boolean {
    for (const connection of this.#connections.keys()) {
      if (connection.id !== id) continue;
      connection.cutOff('goingAway');
      return true;
    }
    return false;
  }

  open(socket: GatewaySocket, { remoteAddress, token }: Handshake): SocketHandler {
    const reason = this.#refusal(remoteAddress);
    if (reason !== undefined) {
      this.#refused++;
      socket.end(CLOSE_CODES[reason].code, CLOSE_CODES[reason].means);
      return REFUSED;
    }
    const id = this.#deps.randomId();
    const connection = new Connection(this.#shared, socket, id);
    this.#add(connection, socket);
    connection.open(token);
    return connection;
  }

  /** Takes a place for a stream that is about to begin: `addStream` follows, or `forgetStream`. */
  admitStream(remoteAddress: string): ChannelRefusal | undefined {
    const { retryAfterMs } = this.#options.tuning;
    if (this.#draining !== undefined) {
      return { code: 'unavailable', message: 'the node is draining', retryAfterMs };
    }
    const limit = this.#places.take(remoteAddress);
    if (limit === undefined) return undefined;
    this.#refused++;
    return limit === 'node'
      ? { code: 'unavailable', message: 'the node is at its limit of connections', retryAfterMs }
      : { code: 'rate_limited', message: 'this address is at its limit of connections', retryAfterMs };
  }

  addStream(connection: TableConnection, socket: GatewaySocket): void {
    this.#add(connection, socket);
    if (this.#draining === undefined) return;
    // It was admitted before the draining began, and the loop that says bye may be over.
    connection.sayBye(this.#bye(this.#options.tuning.retryAfterMs));
  }

  forgetStream(remoteAddress: string): void {
    this.#places.giveBack(remoteAddress);
  }

  /**
   * Refuses new connections and says bye to the others, one after the other over the time that is named for it, so that the other nodes
   * do not get all of them at one moment. Until its turn has come a connection is served as ever; then its publishes are refused, and
   * it goes when earlier ones have been answered.
   */
  drain(reconnectAfterMs: number): Promise<void> {
    this.#draining ??= this.#drain(reconnectAfterMs);
    return this.#draining;
  }

  get isDraining(): boolean {
    return this.#draining !== undefined;
  }

  async #drain(reconnectAfterMs: number): Promise<void> {
    const { clock, defer } = this.#deps;
    const { drainMs, drainPaceMs, drainDeadlineMs, drainSpreadMs, drainStepConnections } =
      this.#options.tuning;
    const startedAt = clock.now();
    const queue = [...this.#connections.keys()];
    // Few go sooner than many, for nobody is overrun by them.
    const takesMs = Math.min(drainMs, queue.length * drainPaceMs);
    const deadline = startedAt + takesMs + drainDeadlineMs;
    let turns = 0;
    let said = 0;
    while (this.#connections.size > 0) {
      const sinceMs = clock.now() - startedAt + DRAIN_POLL_MS;
      const turn = takesMs === 0 ? queue.length : Math.ceil((queue.length * sinceMs) / takesMs);
      for (const each of queue.slice(turns, turn)) if (this.#connections.has(each)) this.#leaving.add(each);
      turns = Math.max(turns, turn);
      const overdue = clock.now() >= deadline;
      for (const connection of [...this.#leaving]) {
        if (connection.isClosing || (!overdue && connection.unacked > 0)) continue;
        const spreadMs = Math.floor((drainSpreadMs * said++) / queue.length);
        connection.sayBye(this.#bye(reconnectAfterMs + spreadMs));
        if (said % drainStepConnections === 0) await new Promise<void>(defer);
      }
      if (overdue) break;
      if (this.#connections.size > 0) {
        await new Promise<void>((resolve) => void clock.after(DRAIN_POLL_MS, resolve));
      }
    }
  }

  #bye(reconnectAfterMs: number): ByeFrame {
    return { type: 'bye', reason: CLOSE_CODES.draining.means, reconnectAfterMs };
  }

  /** A place is taken, unless there is a reason not to. */
  #refusal(remoteAddress: string): 'draining' | 'overloaded' | undefined {
    if (this.#draining !== undefined) return 'draining';
    return this.#places.take(remoteAddress) === undefined ? undefined : 'overloaded';
  }

  #add(connection: TableConnection, socket: GatewaySocket): void {
    const openedAt = this.#deps.clock.now() - this.#beganAt;
    this.#connections.set(connection, { socket, openedAt, silentSince: openedAt, isAsked: false });
    this.#opened++;
    this.#deps.logger.debug({ connection: connection.id, kind: connection.kind }, 'a connection begins');
  }

  #remove(connection: TableConnection): void {
    const address = this.#connections.get(connection)?.socket.remoteAddress;
    this.#connections.delete(connection);
    this.#leaving.delete(connection);
    const reason = connection.endsFor ?? 'client';
    this.#deps.logger.debug({ connection: connection.id, reason }, 'a connection ended');
    this.#closed.set(reason, (this.#closed.get(reason) ?? 0) + 1);
    if (address !== undefined) this.#places.giveBack(address);
  }
}

const REFUSED: SocketHandler = {
  message: () => undefined,
  dropped: () => undefined,
  drained: () => undefined,
  closed: () => undefined,
};
