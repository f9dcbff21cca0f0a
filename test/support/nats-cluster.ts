import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNats } from './nats-server.ts';
import { freePort, waitUntil } from './processes.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** Three nats-servers that forward to one another what their clients listen for. */
export interface NatsCluster {
  readonly nodes: readonly NatsServer[];
  /** What passes between this node and the others is lost from now on; its own clients still reach it. */
  isolate(node: number): void;
  /** All routes work again. */
  rejoin(): Promise<void>;
  stop(): Promise<void>;
}

interface Route {
  readonly from: number;
  readonly to: number;
  readonly proxy: TcpProxy;
}

/** Each route goes through a proxy of its own, and no node is told of any other way. */
export async function startNatsCluster(): Promise<NatsCluster> {
  const indices = [0, 1, 2];
  const routePorts = await Promise.all(indices.map(() => freePort()));
  const routes: Route[] = [];
  for (const from of indices) {
    for (const to of indices) {
      if (from !== to) routes.push({ from, to, proxy: await startTcpProxy(routePorts[to] ?? 0) });
    }
  }
  const monitors = await Promise.all(indices.map(() => freePort()));
  const nodes = await Promise.all(
    indices.map(async (index) => {
      const file = join(tmpdir(), `scorewire-nats-${routePorts[index]}.conf`);
      const others = routes.filter(({ from }) => from === index).map(({ proxy }) => proxy.port);
      await writeFile(file, configuration(routePorts[index] ?? 0, others));
      return startNats({ args: ['--config', file, '--http_port', String(monitors[index])] });
    }),
  );
  const joined = (): Promise<void> =>
    waitUntil(
      async () => (await Promise.all(monitors.map(peersOf))).every((peers) => peers === 2),
      'the NATS servers to be one cluster',
      20_000,
    );
  await joined();
  return {
    nodes,
    isolate: (node) => {
      for (const { from, to, proxy } of routes) if (from === node || to === node) proxy.swallow();
    },
    rejoin: async () => {
      for (const { proxy } of routes) {
        proxy.flow();
        // In the middle of what was lost nobody can go on.
        proxy.cut();
      }
      await joined();
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      await Promise.all(routes.map(({ proxy }) => proxy.stop()));
    },
  };
}

function configuration(port: number, others: readonly number[]): string {
  return `cluster {
  name: test
  listen: "127.0.0.1:${port}"
  cluster_advertise: "127.0.0.1:1"
  no_advertise: true
  routes: [${others.map((other) => `"nats://127.0.0.1:${other}"`).join(', ')}]
}
`;
}

/** Other servers that this one has a route to. */
async function peersOf(monitor: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${monitor}/routez`);
  const { routes } = (await answer.json()) as { routes: readonly { remote_id: string }[] };
  return new Set(routes.map((route) => route.remote_id)).size;
}
