import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A small TCP proxy between two parts of an installation, by which a test can be as unkind as a network: cut every
 * connection, close one direction only, hold back what is sent, or swallow it.
 */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were made so far. */
  readonly accepted: number;
  /** Breaks all connections at once (RST); new ones are served. */
  cut(): void;
  /** Ends the direction towards the target only: it may still answer. */
  halfClose(): void;
  /** What passes from now on arrives so much later; 0 ends it. */
  delay(ms: number): void;
  /** What is sent to the target is lost, as are the answers, until `flow`. Connections stay open. */
  swallow(): void;
  flow(): void;
  /** Where connections that are made from now on lead. */
  aim(port: number): void;
  stop(): Promise<void>;
}

export interface TcpProxyOptions {
  /** Changes what passes, chunk by chunk. */
  readonly alter?: (chunk: Buffer, towards: 'target' | 'client') => Buffer;
}

export async function startTcpProxy(
  targetPort: number,
  { alter = (chunk) => chunk }: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const pairs = new Set<readonly [client: Socket, target: Socket]>();
  let [accepted, aimedAt] = [0, targetPort];
  let delayMs = 0;
  let swallowing = false;

  const forward = (from: Socket, to: Socket, towards: 'target' | 'client'): void => {
    // A chain keeps the order of what is held back.
    let last = Promise.resolve();
    from.on('data', (data: Buffer) => {
      if (swallowing) return;
      const chunk = alter(data, towards);
      if (delayMs === 0) {
        last = last.then(() => void to.write(chunk));
        return;
      }
      const due = Date.now() + delayMs;
      last = last
        .then(() => new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now()))))
        .then(() => void (to.destroyed || to.write(chunk)));
    });
    from.on('end', () => void last.then(() => to.end()));
  };
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    accepted++;
    const target = connect({ port: aimedAt, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [client, target] as const;
    pairs.add(pair);
    forward(client, target, 'target');
    forward(target, client, 'client');
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        target.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');

  const cut = (): void => {
    for (const [client, target] of pairs) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  };
  return {
    port: address.port,
    get accepted() {
      return accepted;
    },
    cut,
    halfClose: () => {
      for (const [, target] of pairs) target.end();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    swallow: () => {
      swallowing = true;
    },
    flow: () => {
      swallowing = false;
    },
    aim: (port) => {
      aimedAt = port;
    },
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
