import { describe, expect, test } from 'vitest';
import { AbortedStartError, type Service, startAll } from './lifecycle.ts';

function setUp() {
  const calls: string[] = [];
  const service = (name: string, failing: { start?: Error; stop?: Error } = {}): Service => ({
    start: async () => {
      calls.push(`start ${name}`);
      if (failing.start) throw failing.start;
    },
    stop: async () => {
      calls.push(`stop ${name}`);
      if (failing.stop) throw failing.stop;
    },
  });
  return { calls, service };
}

describe('services that belong together', () => {
  test('start in order and stop last first', async () => {
    const { calls, service } = setUp();
    const all = await startAll([service('a'), service('b'), service('c')]);
    await all.stop();
    expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  });

  test('start one after the other, not at the same time', async () => {
    let running = 0;
    let most = 0;
    const slow: Service = {
      start: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
      stop: async () => undefined,
    };
    await startAll([slow, slow, slow]);
    expect(most).toBe(1);
  });

  test('stop where one fails to start, the failing one too, and the failure is told', async () => {
    const { calls, service } = setUp();
    const failure = new Error('no such host');
    const started = startAll([service('a'), service('b', { start: failure }), service('c')]);
    await expect(started).rejects.toBe(failure);
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  test('tell why the start failed even where a stop then fails too', async () => {
    const { calls, service } = setUp();
    const failure = new Error('no such host');
    const started = startAll([service('a', { stop: new Error('stuck') }), service('b', { start: failure })]);
    await expect(started).rejects.toBe(failure);
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  test('all stop even where one of them fails to, and all failures are told', async () => {
    const { calls, service } = setUp();
    const [first, second] = [new Error('first'), new Error('second')];
    const all = await startAll([service('a', { stop: first }), service('b'), service('c', { stop: second })]);
    const failure = await all.stop().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure).toMatchObject({ errors: [second, first] });
    expect(calls.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
  });

  test('stop once, however often they are asked to', async () => {
    const { calls, service } = setUp();
    const all = await startAll([service('a')]);
    await Promise.all([all.stop(), all.stop()]);
    await all.stop();
    expect(calls).toEqual(['start a', 'stop a']);
  });

  test('are not started again', async () => {
    const { calls, service } = setUp();
    const all = await startAll([service('a')]);
    await all.start();
    await all.stop();
    await all.start();
    expect(calls).toEqual(['start a', 'stop a']);
  });

  test('stop at once when the start is aborted, while one of them is still starting', async () => {
    const { calls, service } = setUp();
    const abort = new AbortController();
    let fail = (_: Error): void => undefined;
    const waiting: Service = {
      ...service('b'),
      start: () => {
        calls.push('start b');
        return new Promise((_, reject) => {
          fail = reject;
        });
      },
    };
    const started = startAll([service('a'), waiting, service('c')], abort.signal);
    while (!calls.includes('start b')) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(started).rejects.toBeInstanceOf(AbortedStartError);
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a']);
    // What is left of the start may still fail; nobody is told twice.
    fail(new Error('stopped'));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(startAll([service('d')], abort.signal)).rejects.toBeInstanceOf(AbortedStartError);
    expect(calls).not.toContain('start d');
  });
});
