import { expect, test } from 'vitest';
import { partitionOfBoard } from '../../store/partitions.ts';
import { Owners } from './owners.ts';
import { createTestEdge, FakeOwner, PARTITIONS } from './support.contract.ts';

const TIMEOUT_MS = 2000;
const beat = (leases: readonly (readonly [number, number])[], fresh = true) =>
  ({ type: 'heartbeat', owner: 'o', leases, fresh }) as const;

function listen(): Owners {
  return new Owners({ partitions: 4, heartbeatTimeoutMs: TIMEOUT_MS, now: 0 });
}

test('each of several owners stands for its own partitions', () => {
  const owners = listen();
  expect(
    owners.heartbeat(
      beat([
        [0, 5],
        [2, 6],
      ]),
      0,
    ),
  ).toEqual({ arrived: [0, 2], changed: [] });
  expect(
    owners.heartbeat(
      beat(
        [
          [1, 4],
          [3, 4],
        ],
        false,
      ),
      0,
    ),
  ).toEqual({ arrived: [1, 3], changed: [1, 3] });
  expect([0, 1, 2, 3].map((partition) => owners.isStale(partition))).toEqual([false, true, false, true]);
  expect(owners.staleCount).toBe(2);
});

test('the silence of one makes its partitions stale and no others', () => {
  const owners = listen();
  owners.heartbeat(
    beat([
      [0, 5],
      [2, 5],
    ]),
    0,
  );
  owners.heartbeat(
    beat([
      [1, 4],
      [3, 4],
    ]),
    TIMEOUT_MS - 1,
  );
  expect(owners.sweep(TIMEOUT_MS)).toEqual([0, 2]);
  expect(owners.staleCount).toBe(2);
});

test('what is handed over is never stale in between, and only the new owner is told of it', () => {
  const owners = listen();
  owners.heartbeat(
    beat([
      [0, 5],
      [1, 5],
      [2, 5],
      [3, 5],
    ]),
    0,
  );
  // The next beat of the one that has handed over names what it has kept, or everything where it was on its way before.
  expect(
    owners.heartbeat(
      beat([
        [2, 7],
        [3, 7],
      ]),
      500,
    ),
  ).toEqual({ arrived: [2, 3], changed: [] });
  expect(
    owners.heartbeat(
      beat([
        [0, 5],
        [1, 5],
        [2, 5],
        [3, 5],
      ]),
      501,
    ),
  ).toEqual({ arrived: [], changed: [] });
  expect(owners.hear(2, 5)).toBe('outdated');
  expect(owners.hear(1, 5)).toBe('known');
  expect(owners.sweep(TIMEOUT_MS - 1)).toEqual([]);
  expect(owners.staleCount).toBe(0);
});

test('where one partition of four is owned by nobody, the node says so, and its channels are stale', async () => {
  const edge = await createTestEdge();
  const lost = partitionOfBoard('chess', PARTITIONS);
  const rest = [0, 1, 2, 3].filter((partition) => partition !== lost);
  const [one, two] = [new FakeOwner(edge.bus, 1, rest), new FakeOwner(edge.bus, 2, [lost])];
  two.change('board:chess', [['ada', 1]]);
  one.keepBeating(edge.clock);
  two.keepBeating(edge.clock);
  const socket = edge.connect();
  socket.push({ type: 'subscribe', id: 1, channel: 'board:chess' });
  socket.push({ type: 'subscribe', id: 2, channel: 'board:b' });
  await edge.settle();
  expect(edge.gateway.stalePartitions()).toBe(0);
  expect([one.channelsWatched, two.channelsWatched].map((names) => new Set(names).size)).toEqual([1, 1]);
  two.stop();
  await edge.clock.advance(3000);
  expect(edge.gateway.stalePartitions()).toBe(1);
  expect(socket.of('status')).toEqual([{ type: 'status', channel: 'board:chess', stale: true }]);
  // The other takes it over under a higher number, and is told what is watched there, and nothing else.
  const heir = new FakeOwner(edge.bus, 3, [lost]);
  heir.change('board:chess', [['ada', 2]]);
  heir.heartbeat();
  await edge.settle();
  expect(new Set(heir.channelsWatched)).toEqual(new Set(['board:chess']));
  expect(socket.state('board:chess')).toEqual([['ada', 2]]);
  expect(socket.of('status').at(-1)).toEqual({ type: 'status', channel: 'board:chess', stale: false });
  expect(socket.of('update').filter(({ epoch }) => epoch !== undefined)).toHaveLength(1);
  expect(socket.violations).toEqual([]);
});
