import { describe, expect, test } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { busContract, bytes, text } from './bus.contract.ts';
import { type BusFaults, createInProcessBus } from './in-process-bus.ts';
import type { BusState, MessageBus } from './message-bus.ts';

busContract('the in-process bus', async (logger) => {
  const bus = createInProcessBus({ clock: systemClock, logger });
  return { participants: [bus.endpoint('a'), bus.endpoint('b')] };
});

describe('the faults of the in-process bus', () => {
  /** The same numbers in every run. */
  function countingRandom(): () => number {
    let seed = 1;
    return () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
  }

  function setUp(faults: Partial<BusFaults> = {}) {
    const clock = createFakeClock();
    const bus = createInProcessBus({ clock, random: countingRandom() }, faults);
    const a = bus.endpoint('a');
    const b = bus.endpoint('b');
    const received: string[] = [];
    b.subscribe('t', (message) => received.push(text(message)));
    return { clock, bus, a, b, received };
  }

  function publishMany(bus: MessageBus, count: number): string[] {
    const sent = Array.from({ length: count }, (_, index) => String(index));
    for (const each of sent) bus.publish('t', bytes(each));
    return sent;
  }

  test('are none unless asked for', async () => {
    const { clock, a, received } = setUp();
    const sent = publishMany(a, 1000);
    expect(received).toEqual([]);
    await clock.advance(0);
    expect(received).toEqual(sent);
  });

  test('lose about as many messages as asked for', async () => {
    const { clock, a, received } = setUp({ dropProbability: 0.25 });
    publishMany(a, 1000);
    await clock.advance(0);
    expect(received.length).toBeGreaterThan(680);
    expect(received.length).toBeLessThan(820);
  });

  test('repeat about as many messages as asked for', async () => {
    const { clock, a, received } = setUp({ duplicateProbability: 0.25 });
    const sent = publishMany(a, 1000);
    await clock.advance(0);
    expect(received.length).toBeGreaterThan(1180);
    expect(received.length).toBeLessThan(1320);
    expect(new Set(received)).toEqual(new Set(sent));
  });

  test('delay within the range and so change the order, but lose nothing', async () => {
    const { clock, a, received } = setUp({ delayMs: [10, 20] });
    const sent = publishMany(a, 100);
    await clock.advance(9);
    expect(received).toEqual([]);
    await clock.advance(11);
    expect(received).not.toEqual(sent);
    expect(received.toSorted()).toEqual(sent.toSorted());
  });

  test('can be changed while it runs', async () => {
    const { clock, bus, a, received } = setUp({ dropProbability: 1 });
    publishMany(a, 10);
    await clock.advance(0);
    expect(received).toEqual([]);
    bus.setFaults({ dropProbability: 0 });
    publishMany(a, 10);
    await clock.advance(0);
    expect(received).toHaveLength(10);
  });

  test('are the same in every run with the same random numbers', async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const { clock, a, received } = setUp({
        dropProbability: 0.2,
        duplicateProbability: 0.2,
        delayMs: [0, 50],
      });
      publishMany(a, 200);
      await clock.advance(50);
      runs.push(received);
    }
    expect(runs[0]).toEqual(runs[1]);
  });
});

describe('a participant of the in-process bus that is cut off', () => {
  function setUp() {
    const clock = createFakeClock();
    const bus = createInProcessBus({ clock });
    const received: Record<string, string[]> = { a: [], b: [] };
    const states: string[] = [];
    for (const name of ['a', 'b']) {
      const endpoint = bus.endpoint(name);
      endpoint.subscribe('t', (message) => received[name]?.push(text(message)));
      endpoint.onState((state: BusState) => states.push(`${name} ${state}`));
    }
    return { clock, bus, a: bus.endpoint('a'), b: bus.endpoint('b'), received, states };
  }

  test('neither sends nor receives, while the others go on', async () => {
    const { clock, a, b, received, states } = setUp();
    b.setState('down');
    a.publish('t', bytes('from a'));
    b.publish('t', bytes('from b'));
    await clock.advance(0);
    expect(received).toEqual({ a: ['from a'], b: [] });
    expect(states).toEqual(['b down']);
  });

  test('has lost what was sent meanwhile, and hears again without subscribing anew', async () => {
    const { clock, a, b, received, states } = setUp();
    b.setState('down');
    a.publish('t', bytes('lost'));
    await clock.advance(0);
    b.setState('up');
    a.publish('t', bytes('found'));
    await clock.advance(0);
    expect(received.b).toEqual(['found']);
    expect(states).toEqual(['b down', 'b up']);
  });

  test('is everybody where the bus itself is down, also who joins then', async () => {
    const { clock, bus, a, b, received, states } = setUp();
    bus.setState('down');
    a.publish('t', bytes('lost'));
    expect([bus.state, a.state, bus.endpoint('c').state]).toEqual(['down', 'down', 'down']);
    b.setState('down');
    bus.setState('up');
    expect([bus.state, a.state, b.state, bus.endpoint('c').state]).toEqual(['up', 'up', 'down', 'up']);
    await clock.advance(0);
    expect(received).toEqual({ a: [], b: [] });
    expect(states).toEqual(['a down', 'b down', 'a up']);
  });

  test('is the same one under the same name', () => {
    const { bus, a } = setUp();
    expect(bus.endpoint('a')).toBe(a);
  });
});
