import { afterEach, expect, test, vi } from 'vitest';
import { createFakeClient } from '../test/support/fake-client.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a client connects at once and is open after the welcome', async () => {
  const { client, server, states, welcome } = createFakeClient();
  expect(client.state.state).toBe('connecting');
  await welcome();
  expect(client.state).toEqual({ state: 'open', session: 's1', node: 'n1' });
  expect(states).toEqual(['open']);
  expect(server.connections).toHaveLength(1);
  client.close();
});

test('a lost connection is tried again with waits that double and stay under the cap', async () => {
  const { client, server, clock } = createFakeClient({
    random: () => 0.999,
    backoff: { baseMs: 100, capMs: 1000 },
  });
  const waits: number[] = [];
  client.on('state', (state) => {
    if (state.state === 'waiting') waits.push(state.retryAt - clock.now());
  });
  await clock.settle();
  for (let attempt = 0; attempt < 6; attempt++) {
    server.latest.hangUp();
    await clock.advance(1000);
  }
  expect(waits).toEqual([99, 199, 399, 799, 999, 999]);
  expect(server.connections).toHaveLength(7);
  client.close();
});

test('back-off starts small again only after a connection that lasted', async () => {
  const { client, server, clock, welcome } = createFakeClient({
    random: () => 0.999,
    backoff: { baseMs: 100 },
  });
  const waits: number[] = [];
  client.on('state', (state) => {
    if (state.state === 'waiting') waits.push(state.retryAt - clock.now());
  });
  for (const lastedMs of [0, 0, 6000]) {
    await welcome();
    await clock.advance(lastedMs);
    server.latest.hangUp(4002);
    await clock.advance(500);
  }
  expect(waits).toEqual([99, 199, 99]);
  client.close();
});

test.each([4500, 4502, 4503, 1000])('close code %i ends the client', async (code) => {
  const { client, server, clock, welcome } = createFakeClient();
  await welcome();
  server.latest.hangUp(code, 'because');
  expect(client.state).toEqual({ state: 'closed', code, reason: 'because' });
  await clock.advance(60_000);
  expect(server.connections).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test.each([4001, 4002, 4003, 1001, 1006, 1012])(
  'after close code %i the client connects again',
  async (code) => {
    const { client, server, clock, welcome } = createFakeClient();
    await welcome();
    server.latest.hangUp(code);
    expect(client.state.state).toBe('waiting');
    await clock.advance(1000);
    expect(server.connections).toHaveLength(2);
    client.close();
  },
);

test('after a bye the client stays away for at least as long as it was told, even when the network returns', async () => {
  const window = new EventTarget();
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  const { client, server, clock, welcome } = createFakeClient({ random: () => 0 });
  await welcome();
  server.latest.reply({ type: 'bye', reason: 'draining', reconnectAfterMs: 3000 });
  server.latest.hangUp(4001);
  window.dispatchEvent(new Event('online'));
  await clock.advance(2999);
  expect(server.connections).toHaveLength(1);
  await clock.advance(1);
  expect(server.connections).toHaveLength(2);
  client.close();
});

test('an error that answers nothing but names a wait holds the next connection back', async () => {
  const { client, server, clock, errors, welcome } = createFakeClient({ random: () => 0 });
  await welcome();
  server.latest.reply({ type: 'error', code: 'unavailable', message: 'busy', retryAfterMs: 2000 });
  server.latest.hangUp(4002);
  await clock.advance(1999);
  expect(server.connections).toHaveLength(1);
  await clock.advance(1);
  expect(server.connections).toHaveLength(2);
  expect(errors).toMatchObject([{ code: 'unavailable', message: 'busy', retryAfterMs: 2000 }]);
  client.close();
});

test('when the browser comes online, or is looked at again, a waiting client connects at once', async () => {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  vi.stubGlobal('document', document);
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  const { client, server, clock } = createFakeClient({ backoff: { baseMs: 20_000 } });
  await clock.settle();
  server.latest.hangUp();
  window.dispatchEvent(new Event('online'));
  await clock.advance(0);
  expect(server.connections).toHaveLength(2);
  server.latest.hangUp();
  document.dispatchEvent(new Event('visibilitychange'));
  await clock.advance(0);
  expect(server.connections).toHaveLength(2);
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  await clock.advance(0);
  expect(server.connections).toHaveLength(3);
  client.close();
  window.dispatchEvent(new Event('online'));
  await clock.advance(60_000);
  expect(server.connections).toHaveLength(3);
});

test('a server that opens the socket but says nothing is given up', async () => {
  const { server, clock, client } = createFakeClient({ connectTimeoutMs: 4000 });
  await clock.advance(4000);
  expect(server.connections[0]?.closedByClient).toBe('terminated');
  await clock.advance(1000);
  expect(server.connections).toHaveLength(2);
  client.close();
});

test('a silent connection is pinged, and given up when nothing comes back', async () => {
  const { server, clock, client, welcome } = createFakeClient({ pongTimeoutMs: 5000 });
  await welcome();
  await clock.advance(25_000);
  server.latest.reply({ type: 'pong', id: server.latest.last('ping').id });
  await clock.advance(24_999);
  expect(server.latest.all('ping')).toHaveLength(1);
  await clock.advance(1);
  expect(server.latest.all('ping')).toHaveLength(2);
  await clock.advance(4999);
  expect(client.state.state).toBe('open');
  await clock.advance(1);
  expect(client.state.state).toBe('waiting');
  expect(server.connections[0]?.closedByClient).toBe('terminated');
  client.close();
});

test('whatever is heard shows life, and who only listens still pings', async () => {
  const { server, clock, client, welcome } = createFakeClient({ pongTimeoutMs: 5000 });
  await welcome();
  for (let tick = 0; tick < 20; tick++) {
    await clock.advance(4000);
    server.latest.reply({ type: 'status', channel: 'board:x', stale: false });
  }
  expect(client.state.state).toBe('open');
  expect(server.latest.all('ping').length).toBeGreaterThan(0);
  client.close();
});

test('a frame that cannot be read ends the connection, not the client', async () => {
  const { server, clock, client, errors, welcome } = createFakeClient();
  await welcome();
  server.latest.replyRaw('{"type":');
  expect(errors).toMatchObject([{ code: 'malformed' }]);
  await clock.advance(1000);
  expect(server.connections).toHaveLength(2);
  client.close();
});

test('frames of a kind that is not known yet are left alone', async () => {
  const { server, client, errors, welcome } = createFakeClient();
  await welcome();
  server.latest.replyRaw('{"type":"fireworks"}');
  server.latest.replyRaw('[1]');
  expect(client.state.state).toBe('open');
  expect(errors).toEqual([]);
  client.close();
});

test('closing is final, can be repeated, and leaves no timer behind', async () => {
  for (const moment of ['connecting', 'open', 'waiting']) {
    const { server, clock, client, states, welcome } = createFakeClient();
    await clock.settle();
    if (moment === 'open') await welcome();
    if (moment === 'waiting') server.latest.hangUp();
    client.subscribe('board:x');
    client.close();
    client.close();
    expect(states.filter((state) => state === 'closed')).toHaveLength(1);
    expect(clock.pending).toBe(0);
    server.latest.hangUp();
    await clock.advance(60_000);
    expect(server.connections).toHaveLength(1);
  }
});

test('closing while a token is fetched opens no connection afterwards', async () => {
  let give: (token: string) => void = () => undefined;
  const { server, clock, client } = createFakeClient({
    token: () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  });
  await clock.settle();
  client.close();
  give('late');
  await clock.settle();
  expect(server.connections).toHaveLength(0);
  expect(clock.pending).toBe(0);
});

test('a listener that throws does not disturb the others', async () => {
  const thrown: unknown[] = [];
  vi.stubGlobal('queueMicrotask', (action: () => void) => {
    try {
      action();
    } catch (error) {
      thrown.push(error);
    }
  });
  const { client, welcome } = createFakeClient();
  const seen: string[] = [];
  client.on('state', () => {
    throw new Error('mine');
  });
  client.on('state', ({ state }) => void seen.push(state));
  await welcome();
  expect(seen).toEqual(['open']);
  expect(thrown).toEqual([new Error('mine')]);
  client.close();
});
