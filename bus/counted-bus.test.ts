import { expect, test } from 'vitest';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { BusCounts, countedBus } from './counted-bus.ts';
import { createInProcessBus } from './in-process-bus.ts';

test('what is published and received is counted, and what a bus drops that is away', async () => {
  const clock = createFakeClock(0);
  const inner = createInProcessBus({ clock });
  const counts = new BusCounts();
  const bus = countedBus(inner, counts);
  const received: Uint8Array[] = [];
  bus.subscribe('t', (message) => received.push(message));
  bus.subscribe('t', () => undefined);
  bus.publish('t', new Uint8Array(10));
  await clock.advance(1);
  inner.setState('down');
  bus.publish('t', new Uint8Array(5));
  await clock.advance(1);
  expect(received).toEqual([new Uint8Array(10)]);
  expect(counts).toEqual({ published: 2, publishedBytes: 15, received: 2, receivedBytes: 20, dropped: 1 });
  expect(bus.state).toBe('down');
});
