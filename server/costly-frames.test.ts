import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_VALUES } from '../protocol/decode-error.ts';
import { createTestEdge, FakeOwner, type TestEdge } from './gateway/support.contract.ts';
import { INPUT_LIMITS } from './limits.ts';

/** One event, which is none, of so many values. */
const publishOf = (values: number) => ({
  type: 'publish',
  id: 1,
  events: [Array.from({ length: values }, () => 0)],
});

describe('what costs much to decode', () => {
  let edge: TestEdge;

  beforeEach(async () => {
    edge = await createTestEdge();
    new FakeOwner(edge.bus).keepBeating(edge.clock);
  });

  it.each(['json', 'msgpack'] as const)('is not decoded for who has shown no token, in %s', (encoding) => {
    const stranger = edge.connect({ encoding });
    // The frame itself has three values.
    stranger.push(publishOf(INPUT_LIMITS.anonymousValues - 4));
    expect(stranger.last()).toMatchObject({ type: 'error', id: 1, code: 'unauthorized' });
    expect(stranger.closeCode).toBeUndefined();
    stranger.push(publishOf(INPUT_LIMITS.anonymousValues - 3));
    expect(stranger.last()).toMatchObject({ type: 'error', code: 'too_large' });
    expect(stranger.closeCode).toBe(4503);
  });

  it.each(['json', 'msgpack'] as const)('has a limit of values for everybody, in %s', async (encoding) => {
    const socket = edge.connect({ token: 'good', encoding });
    socket.push(publishOf(MAX_VALUES));
    await edge.clock.settle();
    expect(socket.last()).toMatchObject({ type: 'error', code: 'too_large' });
    expect(socket.closeCode).toBe(4503);
  });

  it('may have more values where publishes may have more events', async () => {
    edge = await createTestEdge({ limits: { eventsPerPublish: 100_000 } });
    const socket = edge.connect({ token: 'good' });
    socket.push(publishOf(MAX_VALUES));
    await edge.clock.settle();
    expect(socket.last()).toMatchObject({ type: 'ack', id: 1 });
  });
});
