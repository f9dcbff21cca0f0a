import { CLOSE_CODES } from '../protocol/codes.ts';
import { Connection, type ConnectionDeps, type ConnectionEvents } from './connection.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import { Silence } from './silence.ts';
import type { GatewaySocket, Handshake, SocketAcceptor, SocketHandler } from './transport/socket-types.ts';

export interface ConnectionTableDeps extends ConnectionDeps {
  readonly randomId: () => string;
}

interface Entry {
  readonly socket: GatewaySocket;
  readonly silence: Silence;
}

/** How often a draining node looks whether publishes have been answered and closed sockets are gone. */
const DRAIN_POLL_MS = 20;

/** All connections of this node: takes them in within its limits, looks after their tokens and signs of life, says bye. */
export class ConnectionTable implements SocketAcceptor {
  readonly #deps: ConnectionTableDeps;
  readonly #options: GatewayOptions;
  readonly #connections = new Map<Connection, Entry>();
  readonly #byAddress = new Map<string, number>();
  readonly #events: ConnectionEvents;
  #cancelTimer: (() => void) | undefined;
  #draining: Promise<void> | undefined;
  #refused = 0;

  constructor(deps: ConnectionTableDeps, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#events = {
      closed: (connection) => this.#remove(connection),
      isDraining: () => this.#draining !== undefined,
    };
  }

  start(): void {
    const { clock } = this.#deps;
    this.#cancelTimer = clock.after(this.#options.tuning.tokenSweepMs, () => {
      const now = clock.now();
      for (const [connection, { socket, silence }] of this.#connections) {
        connection.sweep(now);
        if (connection.isClosing) continue;
        const verdict = silence.look(socket.takeHeard(), now);
        if (verdict === 'ask') socket.ping();
        if (verdict === 'idle') connection.close('idle');
      }
      this.start();
    });
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const connection of [...this.#connections.keys()]) connection.cutOff('goingAway');
  }

  stats(): { connections: number; subscriptions: number; refusedConnections: number } {
    let subscriptions = 0;
    for (const connection of this.#connections.keys()) subscriptions += connection.subscriptions;
    return { connections: this.#connections.size, subscriptions, refusedConnections: this.#refused };
  }

  open(socket: GatewaySocket, { remoteAddress, token }: Handshake): SocketHandler {
    const reason = this.#refusal(remoteAddress);
    if (reason !== undefined) {
      this.#refused++;
      socket.end(CLOSE_CODES[reason].code, CLOSE_CODES[reason].means);
      return REFUSED;
    }
    const connection = new Connection(this.#deps, this.#options, this.#events, socket);
    const silence = new Silence(this.#options.tuning, this.#deps.clock.now());
    this.#connections.set(connection, { socket, silence });
    this.#byAddress.set(remoteAddress, (this.#byAddress.get(remoteAddress) ?? 0) + 1);
    connection.open(this.#deps.randomId(), token);
    return connection;
  }

  /** Refuses new connections and publishes, waits for the answers of earlier ones, and closes all in steps. */
  drain(reconnectAfterMs: number): Promise<void> {
    this.#draining ??= this.#drain(reconnectAfterMs);
    return this.#draining;
  }

  async #drain(reconnectAfterMs: number): Promise<void> {
    const { clock, defer } = this.#deps;
    const { drainDeadlineMs, drainSpreadMs, drainStepConnections } = this.#options.tuning;
    const deadline = clock.now() + drainDeadlineMs;
    const total = Math.max(1, this.#connections.size);
    let closed = 0;
    while (this.#connections.size > 0) {
      const overdue = clock.now() >= deadline;
      const due = [...this.#connections.keys()].filter(
        ({ isClosing, unacked }) => !isClosing && (overdue || unacked === 0),
      );
      for (const [i, connection] of due.entries()) {
        // Spread, so that the other nodes are not asked by all clients at one moment.
        const spreadMs = Math.floor((drainSpreadMs * closed++) / total);
        connection.sayBye({
          type: 'bye',
          reason: CLOSE_CODES.draining.means,
          reconnectAfterMs: reconnectAfterMs + spreadMs,
        });
        if ((i + 1) % drainStepConnections === 0) await new Promise<void>(defer);
      }
      if (overdue) break;
      if (this.#connections.size > 0) {
        await new Promise<void>((resolve) => void clock.after(DRAIN_POLL_MS, resolve));
      }
    }
  }

  #refusal(remoteAddress: string): 'draining' | 'overloaded' | undefined {
    const { connections, connectionsPerAddress } = this.#options.limits;
    if (this.#draining !== undefined) return 'draining';
    if (this.#connections.size >= connections) return 'overloaded';
    const ofAddress = this.#byAddress.get(remoteAddress) ?? 0;
    return connectionsPerAddress > 0 && ofAddress >= connectionsPerAddress ? 'overloaded' : undefined;
  }

  #remove(connection: Connection): void {
    const address = this.#connections.get(connection)?.socket.remoteAddress;
    this.#connections.delete(connection);
    if (address === undefined) return;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}

const REFUSED: SocketHandler = {
  message: () => undefined,
  dropped: () => undefined,
  drained: () => undefined,
  closed: () => undefined,
};
