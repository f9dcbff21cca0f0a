import { expect, test } from 'vitest';
import { createFakeClient } from '../test/support/fake-client.ts';
import {
  acknowledge,
  event,
  events,
  lastPublish,
  publishes,
  ranges,
  refuse,
  watch,
} from '../test/support/fake-publishing.ts';

test('a publish travels under a number of a random producer and resolves with its ack, rejected events included', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  const first = client.publish(event(1));
  const second = client.publish([event(2), event(3)]);
  const [a, b] = publishes(server);
  expect(a).toMatchObject({ seq: 1, events: [event(1)] });
  expect(b).toMatchObject({ seq: 2, producer: a?.producer, events: [event(2), event(3)] });
  expect(a?.producer).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
  const rejected = [{ index: 1, code: 'forbidden' as const, message: 'no' }];
  if (a) acknowledge(server, a);
  if (b) acknowledge(server, b, { rejected });
  expect(await first).toEqual({ applied: 1, duplicates: 0, rejected: [] });
  expect(await second).toEqual({ applied: 1, duplicates: 0, rejected });
  void client.close();

  const other = createFakeClient();
  await other.welcome();
  void other.client.publish(event()).catch(() => undefined);
  expect(lastPublish(other.server).producer).not.toBe(a?.producer);
  void other.client.close();
});

test('what was not sent yet waits for the connection, however long that takes', async () => {
  const { client, server, clock, welcome } = createFakeClient({ backoff: { capMs: 2000 } });
  const publish = client.publish(event());
  for (let attempt = 0; attempt < 50; attempt++) {
    await clock.settle();
    server.latest.hangUp();
    await clock.advance(1000);
  }
  await welcome();
  acknowledge(server, lastPublish(server));
  expect(await publish).toMatchObject({ applied: 1 });
  void client.close();
});

test('publishing nothing is settled at once', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  expect(await client.publish([])).toEqual({ applied: 0, duplicates: 0, rejected: [] });
  expect(publishes(server)).toEqual([]);
  void client.close();
});

test('events are sent as they were when they were published', async () => {
  const { client, server, welcome } = createFakeClient();
  const reused = { type: 'score' as const, board: 'x', member: 'ann', delta: 1 };
  void client.publish(reused).catch(() => undefined);
  reused.delta = 99;
  await welcome();
  expect(lastPublish(server).events).toEqual([event(1)]);
  void client.close();
});

test('what is published in one go while frames are paced goes in one frame', async () => {
  const { client, server, clock } = createFakeClient();
  await clock.settle();
  server.latest.welcome({ publishesPerSecond: 4 });
  for (const one of events(6)) void client.publish(one).catch(() => undefined);
  expect(ranges(server)).toEqual([
    [1, 1],
    [2, 1],
  ]);
  await clock.advance(249);
  expect(ranges(server)).toHaveLength(2);
  await clock.advance(1);
  expect(ranges(server).slice(2)).toEqual([[3, 4]]);
  void client.close();
});

test('a call that is split over frames resolves once, with the indexes of the call', async () => {
  const { client, server, clock } = createFakeClient();
  await clock.settle();
  server.latest.welcome({ eventsPerPublish: 4 });
  const published = watch(client.publish(events(10)));
  const [a, b, c] = publishes(server);
  expect(ranges(server)).toEqual([
    [1, 4],
    [5, 4],
    [9, 2],
  ]);
  const malformed = { code: 'malformed' as const, message: 'm' };
  const forbidden = { code: 'forbidden' as const, message: 'f' };
  if (a) acknowledge(server, a, { rejected: [{ index: 3, ...malformed }] });
  if (b) acknowledge(server, b, { rejected: [{ index: 0, ...forbidden }] });
  await clock.settle();
  expect(published.outcome).toBe('pending');
  if (c) acknowledge(server, c, { duplicates: 1, rejected: [{ index: 1, ...malformed }] });
  await clock.settle();
  expect(published.outcome).toEqual({
    applied: 6,
    duplicates: 1,
    rejected: [
      { index: 3, ...malformed },
      { index: 4, ...forbidden },
      { index: 9, ...malformed },
    ],
  });
  void client.close();
});

test('calls that share a frame resolve with their own counts and indexes', async () => {
  const { client, server, clock, welcome } = createFakeClient();
  const published = [2, 1, 3].map((count) => watch(client.publish(events(count))));
  await welcome();
  expect(ranges(server)).toEqual([[1, 6]]);
  const rejected = [
    { index: 1, code: 'forbidden' as const, message: 'f' },
    { index: 4, code: 'malformed' as const, message: 'm' },
  ];
  acknowledge(server, lastPublish(server), { duplicates: 2, rejected });
  await clock.settle();
  expect(published.map(({ outcome }) => outcome)).toEqual([
    { applied: 0, duplicates: 1, rejected: [{ index: 1, code: 'forbidden', message: 'f' }] },
    { applied: 0, duplicates: 1, rejected: [] },
    { applied: 2, duplicates: 0, rejected: [{ index: 1, code: 'malformed', message: 'm' }] },
  ]);
  void client.close();
});

test('a frame is bounded in bytes, ours and the server’s', async () => {
  const { client, server, clock } = createFakeClient();
  await clock.settle();
  server.latest.welcome({ frameBytes: 1000 });
  void client.publish(events(40)).catch(() => undefined);
  const sizes = publishes(server).map((frame) => JSON.stringify(frame).length);
  expect(sizes.length).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
  expect(ranges(server).reduce((sum, [, count]) => sum + count, 0)).toBe(40);
  void client.close();
});

test('a frame that is larger in the encoding than it was estimated is halved until it fits', async () => {
  const { client, server, clock } = createFakeClient({ encoding: 'msgpack' });
  await clock.settle();
  await clock.settle();
  server.latest.welcome({ frameBytes: 1900 });
  // As JSON four bytes each, as MessagePack nine.
  const halves = (count: number) => ({
    type: 'score',
    board: 'x',
    member: 'a',
    more: Array(count).fill(0.5),
  });
  void client.publish([halves(100), halves(100), halves(100), halves(300)] as never).catch(() => undefined);
  const sent = publishes(server);
  expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(sent.flatMap((frame) => frame.events)).toEqual([halves(100), halves(100), halves(100), null]);
  void client.close();
});

test('an event over the bytes of a frame is rejected under its own number, the others are applied', async () => {
  const { client, server, clock } = createFakeClient();
  await clock.settle();
  server.latest.welcome({ frameBytes: 300 });
  const long = { type: 'score', board: 'x', member: 'é'.repeat(200), delta: 1 } as const;
  const published = watch(client.publish([event(1), long, event(3)]));
  const sent = publishes(server);
  expect(sent.flatMap((frame) => frame.events)).toEqual([event(1), null, event(3)]);
  for (const frame of sent) {
    const index = frame.events.indexOf(null);
    acknowledge(
      server,
      frame,
      index < 0 ? {} : { rejected: [{ index, code: 'malformed', message: 'null' }] },
    );
  }
  await clock.settle();
  expect(published.outcome).toMatchObject({ applied: 2, rejected: [{ index: 1, code: 'too_large' }] });
  void client.close();
});

test('what can never be sent is refused before it gets a number', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  let deep: unknown = 1;
  for (let level = 0; level < 31; level++) deep = [deep];
  await expect(client.publish(event(Number.NaN))).rejects.toMatchObject({
    code: 'malformed',
    uncertain: false,
  });
  await expect(client.publish([event(), { deep } as never])).rejects.toMatchObject({ code: 'malformed' });
  const long = { type: 'profile', member: 'a', name: 'x'.repeat(70_000) } as const;
  await expect(client.publish(long)).rejects.toMatchObject({ code: 'too_large', uncertain: false });
  expect(publishes(server)).toEqual([]);
  expect(client.pendingEvents).toBe(0);
  void client.publish(event()).catch(() => undefined);
  expect(ranges(server)).toEqual([[1, 1]]);
  void client.close();
});

test('beyond the bound of pending events a publish is refused, and drain tells that there is room', async () => {
  const { client, server, welcome } = createFakeClient({ maxPendingEvents: 4 });
  const drains: number[] = [];
  client.on('drain', ({ pendingEvents }) => void drains.push(pendingEvents));
  await welcome();
  const published = [1, 1, 2].map((count) => client.publish(events(count)));
  expect(client.pendingEvents).toBe(4);
  await expect(client.publish(event())).rejects.toMatchObject({ code: 'rate_limited', uncertain: false });
  await expect(client.publish(events(5))).rejects.toMatchObject({ code: 'too_large', uncertain: false });
  const [a, b, c] = publishes(server);
  if (a) acknowledge(server, a);
  expect(drains).toEqual([]);
  if (b) acknowledge(server, b);
  expect(drains).toEqual([2]);
  if (c) acknowledge(server, c);
  expect(drains).toEqual([2]);
  await Promise.all(published);
  expect(client.pendingEvents).toBe(0);
  void client.close();
});

test('a server that takes no frame of this connection, such as without a token, refuses for certain', async () => {
  const { client, server, welcome } = createFakeClient();
  await welcome();
  const published = client.publish(event());
  const first = lastPublish(server);
  refuse(server, first, 'unauthorized');
  await expect(published).rejects.toMatchObject({ code: 'unauthorized', uncertain: false });
  const later = client.publish(event(2));
  const second = lastPublish(server);
  expect(second).toMatchObject({ seq: 1, events: [event(2)] });
  expect(second.producer).not.toBe(first.producer);
  acknowledge(server, second);
  expect(await later).toMatchObject({ applied: 1 });
  void client.close();
});

test('closing settles every publish, as uncertain where it was sent', async () => {
  const { client, clock } = createFakeClient();
  const unsent = client.publish(event()).catch((error: unknown) => error);
  void client.close();
  expect(await unsent).toMatchObject({ code: 'unavailable', uncertain: false });
  await expect(client.publish(event())).rejects.toMatchObject({ code: 'unavailable', uncertain: false });
  expect(clock.pending).toBe(0);

  const other = createFakeClient();
  await other.welcome();
  const sent = other.client.publish(event()).catch((error: unknown) => error);
  void other.client.close();
  expect(await sent).toMatchObject({ name: 'PublishError', code: 'unavailable', uncertain: true });
  expect(other.client.pendingEvents).toBe(0);
  expect(other.clock.pending).toBe(0);
});

test('flush waits until nothing is pending, for so long, and not beyond the end of the client', async () => {
  const { client, server, clock, welcome } = createFakeClient();
  await welcome();
  expect(await client.flush()).toBe(true);
  const published = client.publish(event());
  const late = client.flush(500);
  await clock.advance(500);
  expect(await late).toBe(false);
  const flushed = client.flush(500);
  acknowledge(server, lastPublish(server));
  expect(await flushed).toBe(true);
  await published;
  const dropped = client.publish(event()).catch(() => undefined);
  const closed = client.flush();
  void client.close();
  expect(await closed).toBe(false);
  await dropped;
  expect(clock.pending).toBe(0);
});
