import { expect, test } from 'vitest';
import { createFakeClient } from '../test/support/fake-client.ts';
import type { ScorewireEvent } from './index.ts';

const event = (delta = 1): ScorewireEvent => ({ type: 'score', board: 'x', member: 'ann', delta });

test('a publish resolves with its own ack, rejected events included', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  const first = client.publish(event(1));
  const second = client.publish([event(2), event(3)]);
  const [a, b] = server.latest.all('publish');
  expect(a?.events).toEqual([event(1)]);
  const rejected = [{ index: 1, code: 'forbidden' as const, message: 'no' }];
  server.latest.reply({ type: 'ack', id: b?.id ?? 0, applied: 1, duplicates: 0, rejected });
  server.latest.reply({ type: 'ack', id: a?.id ?? 0, applied: 1, duplicates: 0, rejected: [] });
  expect(await second).toEqual({ applied: 1, duplicates: 0, rejected });
  expect(await first).toEqual({ applied: 1, duplicates: 0, rejected: [] });
  client.close();
});

test('a refused publish tells the code and how long to wait', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  const publish = client.publish(event());
  const { id } = server.latest.last('publish');
  server.latest.reply({ type: 'error', id, code: 'rate_limited', message: 'slow down', retryAfterMs: 300 });
  await expect(publish).rejects.toMatchObject({
    name: 'PublishError',
    code: 'rate_limited',
    retryAfterMs: 300,
    uncertain: false,
  });
  client.close();
});

test('what was sent without an ack is refused as uncertain when the connection is lost, and never sent again', async () => {
  const { client, server, clock, welcome } = createFakeClient();
  await welcome();
  const publish = client.publish(event());
  server.latest.hangUp();
  await expect(publish).rejects.toMatchObject({ code: 'unavailable', uncertain: true });
  await clock.advance(1000);
  await welcome();
  expect(server.latest.all('publish')).toEqual([]);
  client.close();
});

test('what was not sent yet waits for the connection', async () => {
  const { client, server, welcome } = createFakeClient();
  const publish = client.publish(event());
  await welcome();
  const { id } = server.latest.last('publish');
  server.latest.reply({ type: 'ack', id, applied: 1, duplicates: 0, rejected: [] });
  expect(await publish).toMatchObject({ applied: 1 });
  client.close();
});

test('without a connection a publish is refused in the end, and it is certain that nothing was sent', async () => {
  const { client, clock } = createFakeClient({ publishWaitMs: 2000 });
  const publish = client.publish(event()).catch((error: unknown) => error);
  await clock.advance(2000);
  expect(await publish).toMatchObject({ code: 'unavailable', uncertain: false });
  client.close();
});

test('beyond the bound of pending events a publish is refused at once, until acks make room', async () => {
  const { client, server, welcome } = createFakeClient({ maxPendingEvents: 3 });
  await welcome();
  const first = client.publish([event(), event()]);
  await expect(client.publish([event(), event()])).rejects.toMatchObject({ code: 'rate_limited' });
  expect(server.latest.all('publish')).toHaveLength(1);
  const { id } = server.latest.last('publish');
  server.latest.reply({ type: 'ack', id, applied: 2, duplicates: 0, rejected: [] });
  await first;
  void client.publish([event(), event(), event()]).catch(() => undefined);
  expect(server.latest.all('publish')).toHaveLength(2);
  client.close();
});

test('a frame over the announced limit is refused here, because the server would close the connection', async () => {
  const { client, server, clock } = createFakeClient();
  await clock.settle();
  server.latest.welcome({ frameBytes: 200 });
  const long = { type: 'score', board: 'x', member: 'é'.repeat(120), delta: 1 } as const;
  await expect(client.publish(long)).rejects.toMatchObject({ code: 'too_large' });
  expect(server.latest.all('publish')).toEqual([]);
  void client.publish(event()).catch(() => undefined);
  expect(server.latest.all('publish')).toHaveLength(1);
  client.close();
});

test('what cannot be encoded is refused and does not hurt the connection', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  await expect(client.publish(event(Number.NaN))).rejects.toMatchObject({ code: 'malformed' });
  expect(server.latest.all('publish')).toEqual([]);
  expect(client.state.state).toBe('open');
  client.close();
});

test('closing settles every publish', async () => {
  const { client, clock } = createFakeClient();
  const unsent = client.publish(event()).catch((error: unknown) => error);
  client.close();
  expect(await unsent).toMatchObject({ code: 'unavailable', uncertain: false });
  await expect(client.publish(event())).rejects.toMatchObject({ code: 'unavailable' });
  expect(clock.pending).toBe(0);

  const other = createFakeClient();
  await other.welcome();
  const sent = other.client.publish(event()).catch((error: unknown) => error);
  other.client.close();
  expect(await sent).toMatchObject({ code: 'unavailable', uncertain: true });
});
