import { expect, it, vi } from 'vitest';
import { createHealth } from './health.ts';

const FULL = { reason: 'its memory is full', ofLeases: false };
const NO_DISK = { reason: "it can't save to its disk", ofLeases: true };
const IS_FULL = 'the score store takes no writes at present: its memory is full';
const HAS_NO_DISK = "the score store takes no writes at present: it can't save to its disk";
const NO_STORE = "the score store can't be reached";
const NO_BUS = "the message bus can't be reached";
const NO_OWNER = 'no broadcaster is heard, or it cannot read the score store';
const NO_LEASE = 'no broadcaster can own while it does: channels keep their states, marked stale';

/** What is written comes back. */
const PROBED = { latePartitions: () => 0, probeAgeMs: () => 900 };
const storeCheck = { isAstray: false };

it.each([
  ['all is well', 'up', undefined, 'up', 0, true, []],
  ['the store is away', 'down', undefined, 'up', 0, false, [NO_STORE]],
  ['the store can be read only', 'up', FULL, 'up', 0, true, [IS_FULL]],
  ['the store refuses everything', 'down', FULL, 'up', 0, false, [IS_FULL]],
  ['the bus is away', 'up', undefined, 'down', 0, false, [NO_BUS]],
  ['no owner is heard, though there could be one', 'up', FULL, 'up', 2, false, [NO_OWNER, IS_FULL]],
  ['the store gives no leases, and nobody owns', 'up', NO_DISK, 'up', 2, true, [HAS_NO_DISK, NO_LEASE]],
  [
    'the store gives no leases, and the bus is away',
    'up',
    NO_DISK,
    'down',
    2,
    false,
    [NO_BUS, HAS_NO_DISK, NO_LEASE],
  ],
  ['the store is away and gave no leases', 'down', NO_DISK, 'up', 2, false, [HAS_NO_DISK, NO_OWNER]],
] as const)('where %s', (_, state, writeRefusal, busState, stale, ready, problems) => {
  const gateway = { ...PROBED, stalePartitions: () => stale, isDraining: false };
  const health = createHealth({
    store: { state, writeRefusal },
    bus: { state: busState },
    gateway,
    storeCheck,
  });
  expect(health.ready()).toEqual({ ready, problems, probeAgeMs: 900 });
});

it('is not ready while the node drains, whatever else is well', () => {
  const gateway = { ...PROBED, stalePartitions: () => 0, isDraining: true };
  const health = createHealth({ store: { state: 'up' }, bus: { state: 'up' }, gateway, storeCheck });
  expect(health.ready()).toEqual({ ready: false, problems: ['the node is draining'], probeAgeMs: 900 });
});

it('asks the store whether it takes writes only where no owner is heard and it is not known to be the cause', () => {
  const checkWrites = vi.fn();
  let stale = 0;
  const store = { state: 'up', writeRefusal: undefined as typeof NO_DISK | undefined, checkWrites } as const;
  const deps = {
    store,
    bus: { state: 'up' },
    storeCheck,
    gateway: { ...PROBED, stalePartitions: () => stale, isDraining: false },
  } as const;
  createHealth(deps).ready();
  expect(checkWrites).not.toHaveBeenCalled();
  stale = 2;
  expect(createHealth(deps).ready().ready).toBe(false);
  expect(checkWrites).toHaveBeenCalledTimes(1);
  const refusing = { ...deps, store: { ...store, writeRefusal: NO_DISK } };
  expect(createHealth(refusing).ready().ready).toBe(true);
  expect(checkWrites).toHaveBeenCalledTimes(1);
});

it('is not ready where all owners say that all is well and yet nothing that is written comes back', () => {
  const checkWrites = vi.fn();
  const late = {
    stalePartitions: () => 2,
    latePartitions: () => 2,
    probeAgeMs: () => 7300,
    isDraining: false,
  };
  const deps = {
    store: { state: 'up', checkWrites },
    bus: { state: 'up' },
    gateway: late,
    storeCheck,
  } as const;
  const problem = 'what is written does not come back: no news for 7 s';
  expect(createHealth(deps).ready()).toEqual({ ready: false, problems: [problem], probeAgeMs: 7300 });
  expect(checkWrites).not.toHaveBeenCalled();
  const both = { ...deps, gateway: { ...late, stalePartitions: () => 3 } };
  expect(createHealth(both).ready().problems).toEqual([problem, NO_OWNER]);
});

it('says where its store is not the one that broadcasters use', () => {
  const gateway = { ...PROBED, stalePartitions: () => 0, isDraining: false };
  const deps = {
    store: { state: 'down' },
    bus: { state: 'up' },
    gateway,
    storeCheck: { isAstray: true },
  } as const;
  const problems = ['the score store that this node reaches is not the one that broadcasters use'];
  expect(createHealth(deps).ready()).toEqual({ ready: false, problems, probeAgeMs: 900 });
});
