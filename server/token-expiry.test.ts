import { expect, it } from 'vitest';
import { createTestEdge, FakeOwner, identity } from './gateway/support.contract.ts';

/** The sweep that ends connections runs so seldom here that only the frame itself can be what is judged. */
async function connectExpired() {
  const edge = await createTestEdge({ tuning: { tokenSweepMs: 3_600_000 } });
  new FakeOwner(edge.bus).keepBeating(edge.clock);
  edge.authenticator.known.set('brief', identity({ expiresAt: edge.clock.now() + 1000 }));
  const socket = edge.connect({ token: 'brief' });
  await edge.clock.advance(999);
  socket.push({ type: 'publish', id: 1, events: [] });
  await edge.clock.settle();
  expect(socket.last()).toMatchObject({ type: 'ack', id: 1 });
  await edge.clock.advance(1);
  return { edge, socket };
}

it.each([
  { type: 'publish', id: 2, events: [] },
  { type: 'subscribe', id: 2, channel: 'board:chess' },
])('nothing is granted to a token from its end on: %j', async (frame) => {
  const { edge, socket } = await connectExpired();
  socket.push(frame);
  await edge.clock.settle();
  expect(socket.last()).toMatchObject({ type: 'error', id: 2, code: 'unauthorized' });
  expect(socket.closeCode).toBe(4501);
  expect(edge.ingest.published).toHaveLength(1);
});

it('a new token still comes in time at the end of the old one', async () => {
  const { edge, socket } = await connectExpired();
  socket.push({ type: 'auth', id: 2, token: 'good' });
  socket.push({ type: 'publish', id: 3, events: [] });
  await edge.clock.settle();
  expect(socket.frames.slice(-2)).toMatchObject([
    { type: 'ok', id: 2 },
    { type: 'ack', id: 3 },
  ]);
});
