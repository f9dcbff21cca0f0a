import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, retryOnTakenPort, spawnServer } from './processes.ts';

const INSTALL = 'install HAProxy 2.6 or later (apt-get install haproxy, brew install haproxy)';

/** HAProxy by a configuration for containers, on loopback ports: `addresses` are what its names of servers stand for. */
export async function startHaproxy(
  configuration: string,
  addresses: Readonly<Record<string, string>>,
): Promise<RunningServer & { readonly url: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'scorewire-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  const server = await retryOnTakenPort(async (port) => {
    let text = configuration.replace('bind :8080', `bind 127.0.0.1:${port}`);
    for (const [name, address] of Object.entries(addresses)) text = text.replaceAll(name, address);
    // There is no DNS of containers here, and the number of files may be limited.
    text = text.replace(' resolvers docker', '').replace(/^ {4}maxconn .*$/m, '    maxconn 500');
    writeFileSync(file, text);
    const url = `http://127.0.0.1:${port}`;
    const started = await spawnServer({
      binary: 'haproxy',
      args: ['-db', '-f', file],
      install: INSTALL,
      ready: async () => (await fetch(`${url}/balancer/healthz`)).ok,
    });
    return { ...started, url };
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  void server.exited.then(remove);
  return server;
}
