import { expect, test } from 'vitest';
import { createFakeClient, type FakeClientSetup } from '../test/support/fake-client.ts';
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
import type { ClientOptions } from './index.ts';

/** Two events in a frame, so that a few events are several frames. */
async function openClient(options: Partial<ClientOptions> = {}): Promise<FakeClientSetup> {
  const setup = createFakeClient(options);
  await setup.clock.settle();
  setup.server.latest.welcome({ eventsPerPublish: 2 });
  return setup;
}

async function reconnect({ server, clock }: FakeClientSetup): Promise<void> {
  server.latest.hangUp();
  await clock.advance(1000);
  server.latest.welcome({ eventsPerPublish: 2 });
}

test('after a reconnect everything unsettled is sent again in order, from the oldest, under the same numbers', async () => {
  const setup = await openClient();
  const { client, server } = setup;
  const published = [2, 2, 3].map((count) => client.publish(events(count)));
  const [a, b] = publishes(server);
  expect(ranges(server)).toEqual([
    [1, 2],
    [3, 2],
    [5, 2],
    [7, 1],
  ]);
  if (a) acknowledge(server, a);
  await reconnect(setup);
  expect(ranges(server)).toEqual([
    [3, 2],
    [5, 2],
    [7, 1],
  ]);
  expect(publishes(server)[0]).toMatchObject({ producer: a?.producer, events: b?.events });
  for (const frame of publishes(server)) acknowledge(server, frame, { duplicates: 1 });
  expect(await Promise.all(published)).toEqual([
    { applied: 2, duplicates: 0, rejected: [] },
    { applied: 1, duplicates: 1, rejected: [] },
    { applied: 1, duplicates: 2, rejected: [] },
  ]);
  expect(client.pendingEvents).toBe(0);
  void client.close();
});

test('what is published while there is no connection follows what is sent again', async () => {
  const setup = await openClient();
  const { client, server } = setup;
  void client.publish(event(1)).catch(() => undefined);
  server.latest.hangUp();
  void client.publish(event(2)).catch(() => undefined);
  await setup.clock.advance(1000);
  await setup.welcome();
  expect(lastPublish(server)).toMatchObject({ seq: 1, events: [event(1), event(2)] });
  void client.close();
});

test('so many frames and so many events are under way at most, whatever is pending', async () => {
  const { client, server } = await openClient();
  void client.publish(events(100)).catch(() => undefined);
  expect(publishes(server)).toHaveLength(16);
  acknowledge(server, publishes(server)[0] ?? lastPublish(server));
  expect(ranges(server)).toHaveLength(17);
  expect(ranges(server).at(-1)).toEqual([33, 2]);
  void client.close();

  const narrow = createFakeClient();
  await narrow.clock.settle();
  narrow.server.latest.welcome({ unackedEventsPerConnection: 5, eventsPerPublish: 3 });
  void narrow.client.publish(events(100)).catch(() => undefined);
  expect(ranges(narrow.server)).toEqual([
    [1, 3],
    [4, 2],
  ]);
  void narrow.client.close();
});

test('an ack that overtakes another waits for it', async () => {
  const setup = await openClient();
  const { client, server, clock } = setup;
  const published = [2, 2].map((count) => watch(client.publish(events(count))));
  const [a, b] = publishes(server);
  if (b) acknowledge(server, b);
  await clock.settle();
  expect(published.map(({ outcome }) => outcome)).toEqual(['pending', 'pending']);
  if (a) acknowledge(server, a);
  await clock.settle();
  expect(published.map(({ outcome }) => outcome)).toEqual([
    { applied: 2, duplicates: 0, rejected: [] },
    { applied: 2, duplicates: 0, rejected: [] },
  ]);
  void client.close();
});

test.each(['unavailable', 'rate_limited'] as const)(
  'after %s the client waits as long as it was told and a little more, then sends again from there',
  async (code) => {
    const { client, server, clock } = await openClient();
    const published = client.publish(events(6));
    const [a, b, c] = publishes(server);
    if (b) refuse(server, b, code, { retryAfterMs: 400 });
    if (c) refuse(server, c, 'resend', { seq: 3 });
    await clock.advance(599);
    expect(ranges(server)).toHaveLength(3);
    if (a) acknowledge(server, a);
    await clock.advance(1);
    expect(ranges(server).slice(3)).toEqual([
      [3, 2],
      [5, 2],
    ]);
    for (const frame of publishes(server).slice(3)) acknowledge(server, frame);
    expect(await published).toEqual({ applied: 6, duplicates: 0, rejected: [] });
    void client.close();
  },
);

test('what is published during the wait is sent after it, in order', async () => {
  const { client, server, clock } = await openClient();
  void client.publish(event(1)).catch(() => undefined);
  refuse(server, lastPublish(server), 'unavailable', { retryAfterMs: 400 });
  void client.publish(event(2)).catch(() => undefined);
  expect(ranges(server)).toHaveLength(1);
  await clock.advance(600);
  expect(lastPublish(server)).toMatchObject({ seq: 1, events: [event(1), event(2)] });
  void client.close();
});

test('where the server names no wait, it grows from one refusal to the next and starts small after an ack', async () => {
  const { client, server, clock } = await openClient({ backoff: { baseMs: 100 }, random: () => 0.999 });
  void client.publish(events(4)).catch(() => undefined);
  const waits: number[] = [];
  for (let round = 0; round < 4; round++) {
    if (round === 3) {
      acknowledge(server, publishes(server).at(-2) ?? lastPublish(server));
    }
    refuse(server, publishes(server).at(round === 3 ? -1 : -2) ?? lastPublish(server), 'unavailable');
    const before = publishes(server).length;
    let waited = 0;
    for (; publishes(server).length === before; waited++) await clock.advance(1);
    waits.push(waited);
  }
  expect(waits).toEqual([99, 199, 399, 99]);
  void client.close();
});

test('a reconnect ends a wait: another node may have no reason for it', async () => {
  const setup = await openClient();
  void setup.client.publish(event()).catch(() => undefined);
  refuse(setup.server, lastPublish(setup.server), 'unavailable', { retryAfterMs: 60_000 });
  await reconnect(setup);
  expect(ranges(setup.server)).toEqual([[1, 1]]);
  void setup.client.close();
});

test('after resend the client goes on from the wanted number; what is below stays under way', async () => {
  const { client, server } = await openClient();
  const published = client.publish(events(8));
  const [a, b, c] = publishes(server);
  if (c) refuse(server, c, 'resend', { seq: 3 });
  expect(ranges(server).slice(4)).toEqual([
    [3, 2],
    [5, 2],
    [7, 2],
  ]);
  // An answer to what was given up is of no interest any more.
  if (b) acknowledge(server, b);
  if (a) acknowledge(server, a);
  for (const frame of publishes(server).slice(4)) acknowledge(server, frame, { duplicates: 2 });
  expect(await published).toEqual({ applied: 2, duplicates: 6, rejected: [] });
  void client.close();
});

test('where the wanted number is inside a frame, the frame is sent again', async () => {
  const { client, server } = await openClient();
  void client.publish(events(6)).catch(() => undefined);
  refuse(server, publishes(server)[2] ?? lastPublish(server), 'resend', { seq: 4 });
  expect(ranges(server).slice(3)).toEqual([
    [3, 2],
    [5, 2],
  ]);
  void client.close();
});

test('a server that asks again and again is answered ever more slowly', async () => {
  const { client, server, clock } = await openClient();
  void client.publish(event()).catch(() => undefined);
  for (let round = 0; round < 10; round++) {
    refuse(server, lastPublish(server), 'resend', { seq: 1 });
    await clock.advance(10);
  }
  expect(publishes(server).length).toBeLessThan(4);
  await clock.advance(60_000);
  expect(publishes(server).length).toBeGreaterThan(2);
  void client.close();
});

test('an answer that never comes is not waited for for ever', async () => {
  const { client, server, clock } = await openClient({ ackTimeoutMs: 5000 });
  const published = client.publish(events(4));
  await clock.advance(3000);
  acknowledge(server, publishes(server)[0] ?? lastPublish(server));
  await clock.advance(4999);
  expect(ranges(server)).toHaveLength(2);
  await clock.advance(1);
  expect(ranges(server).slice(2)).toEqual([[3, 2]]);
  acknowledge(server, lastPublish(server), { duplicates: 2 });
  expect(await published).toMatchObject({ applied: 2, duplicates: 2 });
  void client.close();
  expect(clock.pending).toBe(0);
});

test('a resend of something that was settled means that the server has forgotten: a conflict', async () => {
  const setup = await openClient();
  const { client, server } = setup;
  void client.publish(events(4));
  for (const frame of publishes(server)) acknowledge(server, frame);
  const published = client.publish(events(2));
  await reconnect(setup);
  const { producer } = lastPublish(server);
  refuse(server, lastPublish(server), 'resend', { seq: 3 });
  await expect(published).rejects.toMatchObject({ code: 'conflict', uncertain: true });
  void client.publish(event(9)).catch(() => undefined);
  expect(lastPublish(server)).toMatchObject({ seq: 1, events: [event(9)] });
  expect(lastPublish(server).producer).not.toBe(producer);
  void client.close();
});

test('after a conflict the client claims the producer again: an own connection of before may have been in the way', async () => {
  const setup = await openClient();
  const { client, server, clock } = setup;
  const published = client.publish(events(4));
  const [first, second] = publishes(server);
  if (first) acknowledge(server, first);
  if (second) refuse(server, second, 'conflict');
  expect(server.latest.closedByClient).toBe(1000);
  await clock.advance(1000);
  server.latest.welcome();
  expect(publishes(server)).toMatchObject([{ producer: first?.producer, seq: 3 }]);
  acknowledge(server, lastPublish(server), { duplicates: 1 });
  expect(await published).toEqual({ applied: 3, duplicates: 1, rejected: [] });
  void client.close();
});

test('after a second conflict what was sent is uncertain, and what was not goes on with a new producer, in order', async () => {
  const setup = await openClient();
  const { client, server, clock } = setup;
  const sent = [29, 3].map((count) => watch(client.publish(events(count))));
  const unsent = [1, 2].map((count) => watch(client.publish(events(count))));
  refuse(server, lastPublish(server), 'conflict');
  await reconnect(setup);
  expect(publishes(server)).toHaveLength(16);
  const [first, second] = publishes(server);
  if (first) refuse(server, first, 'conflict');
  if (second) refuse(server, second, 'conflict');
  await clock.settle();
  expect(sent.map(({ outcome }) => outcome)).toMatchObject([
    { name: 'PublishError', code: 'conflict', uncertain: true },
    { name: 'PublishError', code: 'conflict', uncertain: true },
  ]);
  expect(ranges(server).slice(16)).toEqual([
    [1, 2],
    [3, 1],
  ]);
  expect(lastPublish(server).producer).not.toBe(first?.producer);
  expect(client.pendingEvents).toBe(3);
  for (const frame of publishes(server).slice(16)) acknowledge(server, frame);
  await clock.settle();
  expect(unsent.map(({ outcome }) => outcome)).toMatchObject([{ applied: 1 }, { applied: 2 }]);
  void client.close();
});

test('an ack of numbers that were never sent means that somebody else uses the producer', async () => {
  const { client, server } = await openClient();
  const published = client.publish(events(4));
  acknowledge(server, publishes(server)[0] ?? lastPublish(server), { seq: 9 });
  await expect(published).rejects.toMatchObject({ code: 'conflict', uncertain: true });
  void client.close();
});

test('what was sent without an answer so long ago that the server may have forgotten is not sent again', async () => {
  const setup = await openClient({ maxEventAgeMs: 60_000, backoff: { capMs: 500 } });
  const { client, server, clock } = setup;
  const begin = clock.now();
  const old = watch(client.publish([event(1), event(2)]));
  await clock.advance(20_000);
  server.latest.reply({ type: 'pong', id: 0 });
  const young = watch(client.publish(event(3)));
  while (clock.now() < begin + 65_000) {
    server.latest.hangUp();
    await clock.advance(500);
  }
  const unsent = watch(client.publish(event(4)));
  await setup.welcome();
  expect(publishes(server)).toMatchObject([{ seq: 1, events: [null, null, event(3), event(4)] }]);
  acknowledge(server, lastPublish(server), {
    rejected: [0, 1].map((index) => ({ index, code: 'malformed' as const, message: 'null' })),
  });
  await clock.settle();
  expect([old, young, unsent].map(({ outcome }) => outcome)).toMatchObject([
    { code: 'conflict', uncertain: true },
    { applied: 1 },
    { applied: 1 },
  ]);
  void client.close();
});

test('a producer that was silent so long that the server may have forgotten it is replaced', async () => {
  const { client, server, clock } = await openClient({ maxEventAgeMs: 60_000 });
  const publish = async () => {
    const published = client.publish(event());
    const frame = lastPublish(server);
    acknowledge(server, frame);
    await published;
    return frame;
  };
  const wait = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5000) {
      await clock.advance(5000);
      server.latest.reply({ type: 'pong', id: 0 });
    }
  };
  const first = await publish();
  await wait(55_000);
  const second = await publish();
  await wait(60_000);
  const third = await publish();
  expect(second).toMatchObject({ producer: first.producer, seq: 2 });
  expect(third.seq).toBe(1);
  expect(third.producer).not.toBe(first.producer);
  void client.close();
});
