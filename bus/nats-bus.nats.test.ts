import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { StartError } from '../runtime/errors.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { type NatsServer, startNats } from '../test/support/nats-server.ts';
import { freePort, waitUntil } from '../test/support/processes.ts';
import { busContract, bytes, collectingLogger, text } from './bus.contract.ts';
import type { MessageBus } from './message-bus.ts';
import { createNatsBus, MAX_UNCONFIRMED_BYTES } from './nats-bus.ts';

let shared: NatsServer;
beforeAll(async () => {
  shared = await startNats();
});
afterAll(() => shared.stop());

busContract('the NATS bus', async (logger) => {
  const create = () => createNatsBus({ url: shared.url, logger });
  return { participants: [create(), create()] };
});

const toStop: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of toStop.splice(0).reverse()) await each.stop();
});

function createBus(
  url: string | readonly string[],
  logger: Logger = silentLogger,
  options: { startTimeoutMs?: number } = {},
): MessageBus {
  const bus = createNatsBus({ url, logger, ...options });
  toStop.push(bus);
  return bus;
}

async function startServer(args: readonly string[] = []): Promise<NatsServer> {
  const server = await startNats({ args });
  toStop.push(server);
  return server;
}

async function startBus(url: string | readonly string[], logger?: Logger): Promise<MessageBus> {
  const bus = createBus(url, logger);
  await bus.start();
  return bus;
}

const isUp = (bus: MessageBus) => waitUntil(() => bus.state === 'up', 'the bus to be up', 15_000);
const isDown = (bus: MessageBus) => waitUntil(() => bus.state === 'down', 'the bus to be down', 15_000);

/** Publishes until it has arrived: what goes wrong before is lost. */
async function arrives(from: MessageBus, received: readonly string[], message: string): Promise<void> {
  await waitUntil(() => {
    from.publish('t', bytes(message));
    return received.includes(message);
  }, `"${message}" to arrive`);
}

describe('the NATS bus without its server', () => {
  test('is down, loses what is published, and is as before when the server is back', async () => {
    const server = await startServer();
    const [a, b] = [await startBus(server.url), await startBus(server.url)];
    const received: string[] = [];
    const states: string[] = [];
    b.subscribe('t', (message) => received.push(text(message)));
    b.onState((state) => states.push(state));
    await arrives(a, received, 'before');

    server.kill();
    await Promise.all([isDown(a), isDown(b)]);
    for (let index = 0; index < 1000; index++) a.publish('t', bytes('meanwhile'));
    const ended = b.subscribe('t', () => received.push('an ended subscription'));
    b.subscribe('u', (message) => received.push(text(message)));
    ended.unsubscribe();

    await server.restart();
    await Promise.all([isUp(a), isUp(b)]);
    a.publish('u', bytes('at once'));
    await arrives(a, received, 'after');
    expect(new Set(received)).toEqual(new Set(['before', 'at once', 'after']));
    expect(states).toEqual(['down', 'up']);
  });

  test('notices that a paused server is silent, and recovers when it goes on', async () => {
    const server = await startServer();
    const bus = await startBus(server.url);
    const received: string[] = [];
    bus.subscribe('t', (message) => received.push(text(message)));
    await arrives(bus, received, 'before');
    server.pause();
    await isDown(bus);
    bus.publish('t', bytes('meanwhile'));
    server.resume();
    await isUp(bus);
    await arrives(bus, received, 'after');
    expect(received).not.toContain('meanwhile');
  });

  test('does not pile up more than its limit for a paused server, and gives up even a full socket', async () => {
    const server = await startServer();
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
    const bus = await startBus(server.url, logger);
    server.pause();
    const message = new Uint8Array(900_000);
    const count = Math.ceil(MAX_UNCONFIRMED_BYTES / message.length) + 20;
    for (let index = 0; index < count; index++) bus.publish('t', message);
    expect(warnings).toEqual(['NATS reads too slowly: messages are dropped']);
    await isDown(bus);
    server.resume();
    await isUp(bus);
    const received: string[] = [];
    bus.subscribe('t', (each) => received.push(text(each)));
    await arrives(bus, received, 'after');
  });

  test('publishes without end while the server reads', async () => {
    const bus = await startBus(shared.url);
    let receivedBytes = 0;
    bus.subscribe('stream', (each) => {
      receivedBytes += each.length;
    });
    const message = new Uint8Array(900_000);
    let sentBytes = 0;
    while (sentBytes < 2 * MAX_UNCONFIRMED_BYTES) {
      bus.publish('stream', message);
      sentBytes += message.length;
      await waitUntil(() => sentBytes - receivedBytes < 8_000_000, 'the stream to flow');
    }
    await waitUntil(() => receivedBytes === sentBytes, 'all to arrive');
  });

  test('goes to another server of its list', async () => {
    const [first, second] = [await startServer(), await startServer()];
    first.kill();
    const bus = await startBus([first.url, second.url]);
    second.kill();
    await isDown(bus);
    await first.restart();
    await isUp(bus);
  });
});

describe('the start of the NATS bus', () => {
  test('waits for a server that comes late', async () => {
    const port = await freePort();
    const bus = createBus(`nats://127.0.0.1:${port}`);
    const started = bus.start();
    const server = await startNats({ port });
    toStop.push(server);
    await started;
    expect(bus.state).toBe('up');
  });

  test('fails with one clear line where there is none, and tells no password', async () => {
    const port = await freePort();
    const bus = createBus(`nats://anna:s3cret@127.0.0.1:${port}`, silentLogger, { startTimeoutMs: 500 });
    const failure = await bus.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(String(failure)).toBe(
      `StartError: no NATS server could be reached at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    await bus.stop();
  });

  test('fails where the server refuses the password, and tells neither', async () => {
    const server = await startServer(['--user', 'anna', '--pass', 'r1ght']);
    const lines: string[] = [];
    const keep = (fields: object, message: string): void =>
      void lines.push(JSON.stringify({ fields, message }));
    const logger: Logger = { ...silentLogger, debug: keep, info: keep, warn: keep, error: keep };
    const bus = createBus(server.url.replace('//', '//anna:wr0ng@'), logger, { startTimeoutMs: 500 });
    const failure = await bus.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(String(failure)).toMatch(/Authorization Violation/i);
    expect(lines.length).toBeGreaterThan(0);
    expect(`${String(failure)}${lines.join('')}`).not.toMatch(/wr0ng|r1ght|anna/);
  });

  test('uses the user and password of the URL', async () => {
    const server = await startServer(['--user', 'anna', '--pass', 'p@ss:1']);
    await startBus(server.url.replace('//', '//anna:p%40ss%3A1@'));
  });

  test('uses the token of the URL', async () => {
    const server = await startServer(['--auth', 't0ken']);
    await startBus(server.url.replace('//', '//t0ken@'));
  });

  test('fails at once where an address is malformed, without repeating it', async () => {
    const failure = await createBus('http://anna:s3cret@host')
      .start()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(String(failure)).not.toContain('s3cret');
  });

  test('ends early when the bus is stopped', async () => {
    const bus = createBus(`nats://127.0.0.1:${await freePort()}`);
    const started = bus.start().catch((error: unknown) => error);
    await bus.stop();
    expect(await started).toBeInstanceOf(StartError);
  });

  test('leaves no connection open to a server that accepts and says nothing', async () => {
    let open = 0;
    let accepted = 0;
    const silent = createServer((socket) => {
      open += 1;
      accepted += 1;
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open -= 1;
      });
      // Without reading, the end of the connection would go unnoticed here.
      socket.resume();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    toStop.push({ stop: async () => void silent.close() });
    const bus = createBus(`nats://127.0.0.1:${port}`);
    const started = bus.start().catch((error: unknown) => error);
    await waitUntil(() => accepted >= 2, 'a second attempt');
    expect(open).toBeLessThanOrEqual(1);
    await bus.stop();
    await started;
    await waitUntil(() => open === 0, 'the connection to be closed');
  });
});

describe('a stop of the NATS bus', () => {
  test('lets go out what was published before', async () => {
    const [a, b] = [await startBus(shared.url), await startBus(shared.url)];
    const received: string[] = [];
    b.subscribe('t', (message) => received.push(text(message)));
    await arrives(a, received, 'first');
    for (let index = 0; index < 1000; index++) a.publish('t', bytes(`last words ${index}`));
    await a.stop();
    await waitUntil(() => received.includes('last words 999'), 'the last words');
  });

  test('ends in time with a server that no longer answers', async () => {
    const server = await startServer();
    const bus = await startBus(server.url);
    server.pause();
    bus.publish('t', bytes('never read'));
    await bus.stop();
    expect(bus.state).toBe('down');
  });

  test('ends the reports too: a server that goes away later is no news', async () => {
    const errors: unknown[] = [];
    const server = await startServer();
    const bus = await startBus(server.url, collectingLogger(errors));
    const states: string[] = [];
    bus.onState((state) => states.push(state));
    await bus.stop();
    await server.stop();
    expect({ states, errors }).toEqual({ states: ['down'], errors: [] });
  });
});
