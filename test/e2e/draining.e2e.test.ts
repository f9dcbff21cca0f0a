import { afterEach, expect, it } from 'vitest';
import type { ByeFrame } from '../../protocol/frames.ts';
import { connectRaw } from '../support/raw-client.ts';
import { OPEN_TO_READERS, request, startScorewire } from '../support/scorewire.ts';

const CLIENTS = 60;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('SIGTERM sends clients away one after the other, with times to wait, while those who remain are answered', async () => {
  const server = await startScorewire({ ...OPEN_TO_READERS, DRAIN_MS: '5000' });
  ends.push(() => server.stop());
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectRaw(server.socketUrl)));
  const order: number[] = [];
  for (const [i, { closed }] of clients.entries()) void closed.then(() => order.push(i));
  server.process.signal('SIGTERM');
  await clients[0]?.closed;
  const last = clients.at(-1);
  expect(last?.frames.some(({ type }) => type === 'bye')).toBe(false);
  expect(await last?.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
  await expect(request(`${server.url}/readyz`)).rejects.toThrow();
  const closes = await Promise.all(clients.map(({ closed }) => closed));
  expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([4001]));
  expect(order).toHaveLength(CLIENTS);
  const byes = await Promise.all(
    clients.map((client) => client.waitFor<ByeFrame>('bye', ({ type }) => type === 'bye')),
  );
  expect(new Set(byes.map(({ reconnectAfterMs }) => reconnectAfterMs)).size).toBe(CLIENTS);
  await server.process.exited;
  expect(server.process.exitCode()).toBe(0);
}, 30_000);
