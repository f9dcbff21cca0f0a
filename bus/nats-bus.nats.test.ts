import { afterAll, beforeAll } from 'vitest';
import { type NatsServer, startNats } from '../test/support/nats-server.ts';
import { busContract } from './bus.contract.ts';
import { createNatsBus } from './nats-bus.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

busContract('the NATS bus', async (logger) => {
  const create = () => createNatsBus({ url: server.url, logger });
  return { participants: [create(), create()] };
});
