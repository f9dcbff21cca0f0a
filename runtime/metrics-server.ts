import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './errors.ts';
import type { Service } from './lifecycle.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether a request with this Host is answered. */
  readonly hostAllowed: (host: string) => boolean;
}

export interface MetricsServer extends Service {
  /** Such as `http://127.0.0.1:9464`, once started. */
  readonly address: string | undefined;
}

/** `/healthz` and `/metrics` on a port of their own: for a broadcaster, which has no other, and for who keeps metrics off the public one. */
export function createMetricsServer(
  { metrics }: { readonly metrics: Pick<Metrics, 'contentType' | 'text'> },
  { host, port, hostAllowed }: MetricsServerOptions,
): MetricsServer {
  const server = createServer((request, response) => {
    // Whoever asks has nothing to send.
    request.resume();
    const path = request.url?.split('?', 1)[0];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!hostAllowed(request.headers.host ?? '')) return answer(response, 403, 'this Host is not served\n');
    if (path !== '/healthz' && path !== '/metrics') return answer(response, 404, 'there is nothing here\n');
    if (!isRead) return answer(response, 405, 'this is only read\n');
    if (path === '/healthz') return answer(response, 200, '{"status":"ok"}', 'application/json');
    metrics.text().then(
      (text) => answer(response, 200, text, metrics.contentType),
      () => answer(response, 500, 'the metrics could not be read\n'),
    );
  });
  let starting: Promise<void> | undefined;
  let address: string | undefined;
  return {
    get address() {
      return address;
    },
    start: async () => {
      starting ??= listen(server, host, port);
      await starting;
      const { port: bound } = server.address() as AddressInfo;
      address = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    },
    stop: async () => {
      await starting?.catch(() => undefined);
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new StartError(`METRICS_PORT=${port}: cannot listen on ${host}, is the port taken?`, { cause })),
    );
    server.listen(port, host, resolve);
  });
}

function answer(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
