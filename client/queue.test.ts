import { expect, test } from 'vitest';
import type { AnnouncedLimits } from '../protocol/frames.ts';
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
import { MemoryQueue } from '../test/support/memory-queue.ts';
import { UNDISTURBED_MS } from './disputes.ts';
import type { ClientOptions } from './index.ts';

async function openClient(queue: MemoryQueue, options: Partial<ClientOptions> = {}) {
  const setup = createFakeClient({ queue, ...options });
  await setup.welcome();
  await setup.clock.settle();
  return setup;
}

/** What is under way is in conflict: the client hangs up, and sends it again. */
async function claimAgain(
  { server, clock }: FakeClientSetup,
  limits: Partial<AnnouncedLimits> = {},
): Promise<void> {
  const lost = server.latest;
  const { producer, seq } = lastPublish(server);
  refuse(server, lastPublish(server), 'conflict');
  expect(lost.closedByClient).toBe(1000);
  await clock.advance(1000);
  expect(server.latest).not.toBe(lost);
  server.latest.welcome(limits);
  expect(lastPublish(server)).toMatchObject({ producer, seq });
}

/** A process that ends without a word: its queue is all that remains. */
async function leaveBehind(count: number): Promise<{ queue: MemoryQueue; producer: string }> {
  const queue = new MemoryQueue();
  const { client, clock, server } = await openClient(queue);
  void client.publish(events(count)).catch(() => undefined);
  await clock.settle();
  const { producer } = lastPublish(server);
  const remains = new MemoryQueue();
  remains.contents = queue.contents;
  void client.close();
  return { queue: remains, producer };
}

test('an event is sent only when the queue has it, and forgotten when it is settled', async () => {
  const queue = new MemoryQueue();
  const { client, server, clock } = await openClient(queue);
  let open: () => void = () => undefined;
  queue.gate = new Promise((resolve) => {
    open = resolve;
  });
  const published = [client.publish(event(1)), client.publish(events(2))];
  await clock.settle();
  expect(publishes(server)).toEqual([]);
  expect(client.pendingEvents).toBe(3);
  open();
  await clock.settle();
  expect(ranges(server)).toEqual([[1, 3]]);
  expect(queue.contents).toMatchObject({ producer: lastPublish(server).producer, next: 4 });
  expect(queue.contents?.events).toHaveLength(3);
  acknowledge(server, lastPublish(server));
  await Promise.all(published);
  await clock.settle();
  expect(queue.contents).toMatchObject({ next: 4, events: [] });
  expect(queue.calls).toEqual(['load', 'restart', 'append', 'settle']);
  await client.close();
  expect(queue.calls.at(-1)).toBe('close');
});

test('the next process goes on with the same producer and numbers, in order', async () => {
  const { queue, producer } = await leaveBehind(3);
  const { client, server, clock } = await openClient(queue);
  expect(client.pendingEvents).toBe(3);
  expect(lastPublish(server)).toMatchObject({ producer, seq: 1, events: events(3) });
  const published = client.publish(event(9));
  await clock.settle();
  expect(lastPublish(server)).toMatchObject({ producer, seq: 4, events: [event(9)] });
  for (const frame of publishes(server)) acknowledge(server, frame);
  expect(await published).toMatchObject({ applied: 1 });
  await clock.settle();
  expect(queue.contents).toMatchObject({ producer, next: 5, events: [] });
  void client.close();
});

test('a queue in which everything is settled begins with a new producer', async () => {
  const { queue, producer } = await leaveBehind(2);
  queue.contents = { producer, next: 3, events: [], isComplete: true };
  const { client, server, clock } = await openClient(queue);
  void client.publish(event()).catch(() => undefined);
  await clock.settle();
  expect(lastPublish(server)).toMatchObject({ seq: 1 });
  expect(lastPublish(server).producer).not.toBe(producer);
  expect(queue.contents?.producer).toBe(lastPublish(server).producer);
  void client.close();
});

test('where the queue may have lost events, what it has is settled before anything new gets a number', async () => {
  const { queue, producer } = await leaveBehind(2);
  if (queue.contents) queue.contents = { ...queue.contents, isComplete: false };
  const { client, server, clock } = await openClient(queue);
  const published = client.publish(event(9));
  await clock.settle();
  expect(publishes(server)).toMatchObject([{ producer, seq: 1 }]);
  expect(queue.calls).toEqual(['load']);
  expect(client.pendingEvents).toBe(3);
  acknowledge(server, lastPublish(server), { duplicates: 1 });
  await clock.settle();
  expect(lastPublish(server)).toMatchObject({ seq: 1, events: [event(9)] });
  expect(lastPublish(server).producer).not.toBe(producer);
  acknowledge(server, lastPublish(server));
  expect(await published).toMatchObject({ applied: 1 });
  void client.close();
});

test('what becomes of events of an earlier process is told where it is not good', async () => {
  const { queue } = await leaveBehind(3);
  const { client, server, errors } = await openClient(queue);
  acknowledge(server, lastPublish(server), { rejected: [{ index: 1, code: 'forbidden', message: 'no' }] });
  await Promise.resolve();
  expect(errors).toMatchObject([{ code: 'forbidden' }]);
  void client.close();

  const other = await leaveBehind(2);
  const setup = await openClient(other.queue);
  await claimAgain(setup);
  refuse(setup.server, lastPublish(setup.server), 'conflict');
  expect(setup.errors).toMatchObject([
    { code: 'conflict', uncertain: true },
    { code: 'conflict', uncertain: true },
  ]);
  expect(setup.client.pendingEvents).toBe(0);
  void setup.client.close();
});

test('after a conflict the producer is claimed again, and events of an earlier process are settled', async () => {
  const { queue, producer } = await leaveBehind(3);
  const setup = await openClient(queue);
  const { client, server, clock, errors } = setup;
  await claimAgain(setup);
  expect(publishes(server)).toMatchObject([{ producer, seq: 1, events: events(3) }]);
  acknowledge(server, lastPublish(server), { duplicates: 2 });
  await clock.settle();
  expect(queue.contents).toMatchObject({ producer, next: 4, events: [] });
  expect(errors).toEqual([]);
  void client.close();
});

test('a kept producer is claimed again once, whatever is settled then: a copy of the queue may be at work elsewhere', async () => {
  const queue = new MemoryQueue();
  const setup = await openClient(queue);
  const { client, server, clock } = setup;
  const published = client.publish(event(1));
  await clock.settle();
  const { producer } = lastPublish(server);
  await claimAgain(setup);
  acknowledge(server, lastPublish(server));
  expect(await published).toMatchObject({ applied: 1 });
  const second = client.publish(event(2));
  await clock.settle();
  expect(lastPublish(server)).toMatchObject({ producer, seq: 2 });
  refuse(server, lastPublish(server), 'conflict');
  await expect(second).rejects.toMatchObject({ code: 'conflict', uncertain: true });
  expect(server.latest.closedByClient).toBeUndefined();
  // The next producer is nobody else's, and may be in conflict once again.
  const third = client.publish(event(3));
  await clock.settle();
  expect(lastPublish(server)).toMatchObject({ seq: 1, events: [event(3)] });
  expect(lastPublish(server).producer).not.toBe(producer);
  await claimAgain(setup);
  acknowledge(server, lastPublish(server));
  expect(await third).toMatchObject({ applied: 1 });
  void client.close();
});

test('a kept producer may be claimed again another time when nobody has disturbed it for long, and then for twice as long', async () => {
  const queue = new MemoryQueue();
  const setup = await openClient(queue);
  const { client, server, clock } = setup;
  const publish = async () => {
    const outcome = client.publish(event());
    await clock.settle();
    return { outcome, frame: lastPublish(server) };
  };
  const hold = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await clock.advance(Math.min(5_000, ms - passed));
      server.latest.reply({ type: 'pong', id: 0 });
    }
  };
  const { frame } = await publish();
  for (const undisturbedMs of [UNDISTURBED_MS, 2 * UNDISTURBED_MS]) {
    await claimAgain(setup);
    acknowledge(server, lastPublish(server));
    await hold(undisturbedMs);
    const proof = await publish();
    acknowledge(server, proof.frame);
    expect(await proof.outcome).toMatchObject({ applied: 1 });
    await publish();
  }
  await claimAgain(setup);
  acknowledge(server, lastPublish(server));
  // Not long enough for a third time.
  await hold(2 * UNDISTURBED_MS);
  const early = await publish();
  expect(early.frame).toMatchObject({ producer: frame.producer });
  acknowledge(server, early.frame);
  const { outcome } = await publish();
  refuse(server, lastPublish(server), 'conflict');
  await expect(outcome).rejects.toMatchObject({ code: 'conflict', uncertain: true });
  void client.close();
});

test('after a second conflict the queue begins anew with what was never sent, which is sent when the queue has it', async () => {
  const queue = new MemoryQueue();
  const limits = { unackedEventsPerConnection: 2 };
  const setup = createFakeClient({ queue });
  const { client, server, clock } = setup;
  await clock.settle();
  server.latest.welcome(limits);
  await clock.settle();
  const sent = client.publish(events(2));
  const unsent = watch(client.publish(event(3)));
  await clock.settle();
  const { producer } = lastPublish(server);
  await claimAgain(setup, limits);
  queue.failing = 'restart';
  refuse(server, lastPublish(server), 'conflict');
  await expect(sent).rejects.toMatchObject({ code: 'conflict', uncertain: true });
  const late = watch(client.publish(event(4)));
  await clock.settle();
  expect(publishes(server)).toHaveLength(1);
  await clock.advance(1000);
  expect(queue.calls.filter((call) => call === 'restart')).toHaveLength(3);
  expect(lastPublish(server).producer).not.toBe(producer);
  expect(queue.contents).toMatchObject({ producer: lastPublish(server).producer });
  expect(
    publishes(server)
      .slice(1)
      .flatMap((frame) => frame.events),
  ).toEqual([event(3), event(4)]);
  for (const frame of publishes(server).slice(1)) acknowledge(server, frame);
  await clock.settle();
  expect([unsent, late].map(({ outcome }) => outcome)).toMatchObject([{ applied: 1 }, { applied: 1 }]);
  void client.close();
});

test('a refusal of the whole connection is sat out: the queue keeps everything', async () => {
  const queue = new MemoryQueue();
  const { client, server, clock, errors } = await openClient(queue);
  const published = client.publish(event());
  await clock.settle();
  refuse(server, lastPublish(server), 'unauthorized');
  expect(errors).toMatchObject([{ code: 'unauthorized' }]);
  await clock.advance(1000);
  expect(ranges(server)).toEqual([
    [1, 1],
    [1, 1],
  ]);
  acknowledge(server, lastPublish(server));
  expect(await published).toMatchObject({ applied: 1 });
  void client.close();
});

test('what the queue does not take is refused and was not sent', async () => {
  const queue = new MemoryQueue();
  const { client, server, clock } = await openClient(queue);
  queue.failing = 'append';
  await expect(client.publish(event(1))).rejects.toMatchObject({
    code: 'unavailable',
    uncertain: false,
    cause: new Error('append failed'),
  });
  expect(client.pendingEvents).toBe(0);
  const published = client.publish(event(2));
  await clock.settle();
  expect(publishes(server)).toMatchObject([{ seq: 1, events: [event(2)] }]);
  acknowledge(server, lastPublish(server));
  await published;
  void client.close();
});

test('a queue that cannot be opened refuses every publish', async () => {
  const queue = new MemoryQueue();
  queue.failing = 'load';
  const { client, server, clock, errors } = createFakeClient({ queue });
  const early = client.publish(event());
  await expect(early).rejects.toMatchObject({ code: 'unavailable', uncertain: false });
  expect(errors).toMatchObject([{ code: 'unavailable', cause: new Error('load failed') }]);
  await expect(client.publish(event())).rejects.toMatchObject({ code: 'unavailable', uncertain: false });
  await clock.settle();
  server.latest.welcome();
  expect(publishes(server)).toEqual([]);
  void client.close();
});

test('closing tells whether the queue has the events, and closes it once it is done', async () => {
  const queue = new MemoryQueue();
  const { client, clock, server } = await openClient(queue);
  const stored = watch(client.publish(event(1)));
  await clock.settle();
  expect(ranges(server)).toEqual([[1, 1]]);
  let open: () => void = () => undefined;
  queue.gate = new Promise((resolve) => {
    open = resolve;
  });
  const underWay = watch(client.publish(event(2)));
  await clock.settle();
  const waiting = watch(client.publish(event(3)));
  const closed = client.close();
  await clock.settle();
  expect(queue.calls.at(-1)).toBe('append');
  open();
  await closed;
  expect([stored, underWay, waiting].map(({ outcome }) => outcome)).toMatchObject([
    { code: 'unavailable', uncertain: true },
    { code: 'unavailable', uncertain: true },
    { code: 'unavailable', uncertain: false },
  ]);
  expect(queue.contents?.events).toHaveLength(2);
  expect(queue.calls.at(-1)).toBe('close');
  expect(clock.pending).toBe(0);
});
