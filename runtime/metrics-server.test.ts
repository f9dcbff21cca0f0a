import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StartError } from './errors.ts';
import { createMetricsServer, type MetricsServer } from './metrics-server.ts';

const OPTIONS = { host: '127.0.0.1', port: 0, hostAllowed: (host: string) => !host.startsWith('evil') };

let metrics: { contentType: string; text: () => Promise<string> };
let server: MetricsServer;
beforeEach(async () => {
  metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'things 2\n' };
  server = createMetricsServer({ metrics }, OPTIONS);
  await server.start();
});
afterEach(() => server.stop());

/** `fetch` does not let one choose the Host. */
function ask(path: string, { method = 'GET', host = 'localhost' } = {}): Promise<[number, string, string]> {
  return new Promise((resolve, reject) => {
    request(`${server.address}${path}`, { method, headers: { host } }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () =>
        resolve([response.statusCode ?? 0, response.headers['content-type'] ?? '', body]),
      );
    })
      .on('error', reject)
      .end();
  });
}

it('serves metrics, and that the process runs', async () => {
  expect(await ask('/metrics')).toEqual([200, 'text/plain; version=0.0.4', 'things 2\n']);
  expect(await ask('/metrics?x=1', { method: 'HEAD' })).toEqual([200, 'text/plain; version=0.0.4', '']);
  expect(await ask('/healthz')).toEqual([200, 'application/json', '{"status":"ok"}']);
});

it('serves nothing else', async () => {
  const status = async (...asked: Parameters<typeof ask>) => (await ask(...asked))[0];
  expect(await status('/')).toBe(404);
  expect(await status('/v1/boards')).toBe(404);
  expect(await status('/metrics', { method: 'POST' })).toBe(405);
  expect(await status('/metrics', { host: 'evil.example' })).toBe(403);
});

it('tells that metrics could not be read', async () => {
  metrics.text = async () => Promise.reject(new Error('broken'));
  expect((await ask('/metrics'))[0]).toBe(500);
  expect((await ask('/healthz'))[0]).toBe(200);
});

it('does not start on a port that is taken, and frees its own', async () => {
  const port = Number(new URL(server.address ?? '').port);
  const second = createMetricsServer({ metrics }, { ...OPTIONS, port });
  await expect(second.start()).rejects.toThrow(StartError);
  await second.stop();
  await server.stop();
  const third = createMetricsServer({ metrics }, { ...OPTIONS, port });
  await third.start();
  expect(third.address).toBe(`http://127.0.0.1:${port}`);
  await third.stop();
});
