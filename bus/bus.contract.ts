/** What every engine of the bus must do; each engine's test runs all of it. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Logger } from '../runtime/logger.ts';
import { waitUntil } from '../test/support/processes.ts';
import { type BusState, MAX_MESSAGE_BYTES, type MessageBus } from './message-bus.ts';

export interface BusUnderTest {
  /** Two participants of one bus, not started. The logger gets what the engine reports. */
  readonly participants: readonly [MessageBus, MessageBus];
}

const HARD_TOPICS = [
  'plain',
  'board:pacman',
  'channel.rank:a:b c\td',
  'dots.and..more.',
  '.',
  '*',
  '>',
  'a.*',
  'a.>',
  'player:chess:Зоя 🏏 ♟️',
  '__proto__',
  '',
  'x'.repeat(300),
  '🏆'.repeat(300),
  `${'y'.repeat(5000)}1`,
  `${'y'.repeat(5000)}2`,
];

export function busContract(name: string, create: (logger: Logger) => Promise<BusUnderTest>): void {
  describe(`${name} as a message bus`, () => {
    const open: MessageBus[] = [];
    const errors: unknown[] = [];
    afterEach(async () => {
      await Promise.all(open.splice(0).map((bus) => bus.stop()));
      errors.length = 0;
    });

    async function startBoth(): Promise<readonly [MessageBus, MessageBus]> {
      const { participants } = await create(collectingLogger(errors));
      open.push(...participants);
      await Promise.all(participants.map((bus) => bus.start()));
      return participants;
    }

    /** Everything that a participant published before has arrived when its own message on a fresh topic has come to the other. */
    async function settled(from: MessageBus, to: MessageBus): Promise<void> {
      let arrived = false;
      const topic = `settled.${Math.random()}`;
      const subscription = to.subscribe(topic, () => {
        arrived = true;
      });
      await waitUntil(() => {
        from.publish(topic, bytes('?'));
        return arrived;
      }, 'a message to arrive');
      subscription.unsubscribe();
    }

    function collect(bus: MessageBus, topic: string): string[] {
      const received: string[] = [];
      bus.subscribe(topic, (message) => received.push(text(message)));
      return received;
    }

    test('is up after the start and down after the stop, and says so', async () => {
      const [bus] = await startBoth();
      expect(bus.state).toBe('up');
      const heard: BusState[] = [];
      bus.onState((state) => heard.push(state));
      bus.onState(() => heard.push('up'))();
      await bus.stop();
      expect(bus.state).toBe('down');
      expect(heard).toEqual(['down']);
    });

    test('brings a message to every subscriber of the topic, the publisher included', async () => {
      const [a, b] = await startBoth();
      const received = [collect(a, 't'), collect(b, 't'), collect(b, 't')];
      await settled(a, b);
      await settled(b, a);
      a.publish('t', bytes('from a'));
      b.publish('t', bytes('from b'));
      await waitUntil(() => received.every((each) => each.length === 2), 'both messages everywhere');
      for (const each of received) expect(each.toSorted()).toEqual(['from a', 'from b']);
    });

    test('takes any text as a topic, and matches topics only as a whole', async () => {
      const [a, b] = await startBoth();
      const received = HARD_TOPICS.map((topic) => collect(b, topic));
      await settled(b, a);
      await settled(a, b);
      for (const [index, topic] of HARD_TOPICS.entries()) a.publish(topic, bytes(`to ${index}`));
      for (const topic of ['board', 'board:', 'a.b', 'a', 'PLAIN']) a.publish(topic, bytes('to nobody'));
      await settled(a, b);
      expect(received).toEqual(HARD_TOPICS.map((_, index) => [`to ${index}`]));
      expect(errors).toEqual([]);
    });

    test('keeps the order of one publisher on one topic, over many messages', async () => {
      const [a, b] = await startBoth();
      const received = collect(b, 'ordered');
      await settled(b, a);
      await settled(a, b);
      const sent = Array.from({ length: 5000 }, (_, index) => String(index));
      for (const each of sent) a.publish('ordered', bytes(each));
      await waitUntil(() => received.length === sent.length, 'all messages');
      expect(received).toEqual(sent);
    });

    test('copies a message, so that the sender may reuse its buffer at once', async () => {
      const [a, b] = await startBoth();
      const received = collect(b, 't');
      await settled(a, b);
      const buffer = bytes('first');
      a.publish('t', buffer);
      buffer.set(bytes('other'));
      await waitUntil(() => received.length === 1, 'the message');
      expect(received).toEqual(['first']);
    });

    test('gives each receiver a copy of its own', async () => {
      const [a, b] = await startBoth();
      const received: string[] = [];
      const spoil = (message: Uint8Array): void => {
        received.push(text(message));
        message.fill(0);
      };
      for (const bus of [a, b, b]) bus.subscribe('t', spoil);
      await settled(b, a);
      await settled(a, b);
      const original = bytes('intact');
      a.publish('t', original);
      await waitUntil(() => received.length === 3, 'three copies');
      expect(received).toEqual(['intact', 'intact', 'intact']);
      expect(text(original)).toBe('intact');
    });

    test('never calls a handler from inside publish', async () => {
      const [a] = await startBoth();
      let isPublishing = false;
      const wasInside: boolean[] = [];
      a.subscribe('t', (message) => {
        wasInside.push(isPublishing);
        if (text(message) !== 'once') return;
        isPublishing = true;
        a.publish('t', bytes('again'));
        isPublishing = false;
      });
      await settled(a, a);
      isPublishing = true;
      a.publish('t', bytes('once'));
      isPublishing = false;
      await waitUntil(() => wasInside.length === 2, 'both messages');
      expect(wasInside).toEqual([false, false]);
    });

    test('calls no handler after its unsubscribe, not even with what was on its way', async () => {
      const [a, b] = await startBoth();
      const kept = collect(b, 't');
      const ended: string[] = [];
      const subscription = b.subscribe('t', (message) => {
        ended.push(text(message));
        if (text(message) === 'last') subscription.unsubscribe();
      });
      await settled(a, b);
      for (const each of ['first', 'last', 'late']) a.publish('t', bytes(each));
      await waitUntil(() => kept.length === 3, 'all messages at the other handler');
      await settled(a, b);
      expect(ended).toEqual(['first', 'last']);
    });

    test('takes an unsubscribe twice, and one subscription ended leaves the others', async () => {
      const [a, b] = await startBoth();
      const received = collect(b, 't');
      const subscription = b.subscribe('t', () => received.push('wrong'));
      subscription.unsubscribe();
      subscription.unsubscribe();
      await settled(a, b);
      a.publish('t', bytes('right'));
      await settled(a, b);
      expect(received).toEqual(['right']);
    });

    test('takes subscriptions before the start', async () => {
      const { participants } = await create(collectingLogger(errors));
      open.push(...participants);
      const [a, b] = participants;
      const received = collect(b, 't');
      await Promise.all([a.start(), b.start()]);
      await settled(a, b);
      a.publish('t', bytes('early bird'));
      await waitUntil(() => received.length === 1, 'the message');
    });

    test('reports what a handler throws, and goes on', async () => {
      const [a, b] = await startBoth();
      b.subscribe('t', () => {
        throw new Error('a broken handler');
      });
      const received = collect(b, 't');
      await settled(a, b);
      a.publish('t', bytes('one'));
      a.publish('t', bytes('two'));
      await waitUntil(() => received.length === 2, 'both messages');
      await waitUntil(() => errors.length === 2, 'both reports');
      expect(String(errors[0])).toContain('a broken handler');
    });

    test('reports what a listener throws, and tells the others', async () => {
      const [bus] = await startBoth();
      const heard: BusState[] = [];
      bus.onState(() => {
        throw new Error('a broken listener');
      });
      bus.onState((state) => heard.push(state));
      await bus.stop();
      expect(heard).toEqual(['down']);
      expect(errors).toHaveLength(1);
    });

    test('carries an empty message and one of the greatest size unharmed', async () => {
      const [a, b] = await startBoth();
      const received: Uint8Array[] = [];
      b.subscribe('t', (message) => received.push(new Uint8Array(message)));
      await settled(a, b);
      const sent = [0, 1, 900_000, MAX_MESSAGE_BYTES].map((length) =>
        Uint8Array.from({ length }, (_, index) => index % 251),
      );
      for (const message of sent) a.publish('t', message);
      await waitUntil(() => received.length === sent.length, 'all sizes');
      for (const [index, message] of sent.entries()) {
        expect(Buffer.compare(message, received[index] ?? bytes('none'))).toBe(0);
      }
    });

    test('reports and drops a message above the greatest size', async () => {
      const [a, b] = await startBoth();
      const received: number[] = [];
      b.subscribe('t', (message) => received.push(message.length));
      await settled(a, b);
      a.publish('t', new Uint8Array(MAX_MESSAGE_BYTES + 1));
      a.publish('t', bytes('small'));
      await settled(a, b);
      expect(received).toEqual([5]);
      expect(errors.map(String)).toEqual([expect.stringContaining('1000001 bytes')]);
    });

    test('can be started and stopped again and again, and does nothing after its stop', async () => {
      const [a, b] = await startBoth();
      const received = collect(b, 't');
      await Promise.all([a.start(), a.start()]);
      await settled(a, b);
      await Promise.all([b.stop(), b.stop()]);
      a.publish('t', bytes('too late'));
      b.publish('t', bytes('too late'));
      b.subscribe('t', () => received.push('wrong')).unsubscribe();
      await settled(a, a);
      expect(received).toEqual([]);
      await a.stop();
      await a.stop();
    });
  });
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function text(message: Uint8Array): string {
  return new TextDecoder().decode(message);
}

/** Keeps the error of each line that was logged as an error. */
export function collectingLogger(errors: unknown[]): Logger {
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields) => void errors.push('err' in fields ? fields.err : fields),
    child: () => logger,
  };
  return logger;
}
