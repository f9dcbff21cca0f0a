import { expect, test } from 'vitest';
import { createFakeClient } from '../test/support/fake-client.ts';

test('the token is given after the welcome, and nothing else is asked before it is accepted', async () => {
  const { client, server, welcome } = createFakeClient({ token: 't1' });
  client.subscribe('board:x');
  await welcome();
  expect(server.latest.received).toEqual([{ type: 'auth', id: expect.any(Number), token: 't1' }]);
  expect(server.latest.url).not.toContain('t1');
  expect(client.state.state).toBe('connecting');
  server.latest.reply({ type: 'ok', id: server.latest.last('auth').id });
  expect(client.state.state).toBe('open');
  expect(server.latest.last('subscribe').channel).toBe('board:x');
  client.close();
});

test('a token function is asked again for every connection', async () => {
  let asked = 0;
  const { client, server, clock, welcome } = createFakeClient({ token: async () => `t${++asked}` });
  await welcome();
  server.latest.hangUp();
  await clock.advance(1000);
  await welcome();
  expect(server.connections.map((connection) => connection.last('auth').token)).toEqual(['t1', 't2']);
  client.close();
});

test('when the server asks, a fresh token is given on the open connection', async () => {
  let asked = 0;
  const { client, server, clock, errors, states, welcome } = createFakeClient({ token: () => `t${++asked}` });
  await welcome();
  server.latest.reply({ type: 'ok', id: server.latest.last('auth').id });
  server.latest.reply({ type: 'error', code: 'unauthorized', message: 'the token expires' });
  server.latest.reply({ type: 'error', code: 'unauthorized', message: 'the token expires' });
  await clock.settle();
  expect(server.latest.all('auth').map(({ token }) => token)).toEqual(['t1', 't2']);
  server.latest.reply({ type: 'ok', id: server.latest.last('auth').id });
  expect(states).toEqual(['open']);
  expect(errors).toEqual([]);
  client.close();
});

test('a fixed token that is refused closes the client', async () => {
  const { client, server, errors, welcome, clock } = createFakeClient({ token: 'old' });
  await welcome();
  server.latest.reply({
    type: 'error',
    id: server.latest.last('auth').id,
    code: 'unauthorized',
    message: 'the token has expired',
  });
  expect(client.state).toEqual({ state: 'closed', code: 4501, reason: 'the token has expired' });
  expect(errors).toMatchObject([{ code: 'unauthorized' }]);
  expect(clock.pending).toBe(0);
});

test('after 4501 a token function gets one more chance, unless it gives the refused token again', async () => {
  const tokens = ['first', 'second', 'second'];
  const { client, server, clock, welcome } = createFakeClient({ token: () => tokens.shift() });
  await welcome();
  server.latest.hangUp(4501, 'the token has expired');
  await clock.advance(1000);
  await welcome();
  expect(server.latest.last('auth').token).toBe('second');
  server.latest.hangUp(4501, 'the token has expired');
  await clock.advance(60_000);
  expect(server.connections).toHaveLength(2);
  expect(client.state).toMatchObject({ state: 'closed', code: 4501 });
});

test('without a verdict on the token the client tries again later', async () => {
  const { client, server, clock, welcome } = createFakeClient({ token: 't', random: () => 0 });
  await welcome();
  const { id } = server.latest.last('auth');
  server.latest.reply({ type: 'error', id, code: 'unavailable', message: 'no keys', retryAfterMs: 700 });
  expect(client.state.state).toBe('waiting');
  await clock.advance(699);
  expect(server.connections).toHaveLength(1);
  await clock.advance(1);
  expect(server.connections).toHaveLength(2);
  client.close();
});

test('a token function that fails is an error and another attempt, not the end', async () => {
  let asked = 0;
  const { client, server, clock, errors } = createFakeClient({
    token: () => {
      if (++asked === 1) throw new Error('login is away');
      return 'token';
    },
  });
  await clock.settle();
  expect(errors).toMatchObject([{ code: 'unauthorized', cause: new Error('login is away') }]);
  await clock.advance(1000);
  expect(server.connections).toHaveLength(1);
  client.close();
});
