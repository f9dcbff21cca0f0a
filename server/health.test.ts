import { expect, it } from 'vitest';
import { createHealth } from './health.ts';

const FULL = 'its memory is full';
const NO_WRITES = `the score store takes no writes at present: ${FULL}`;
const NO_OWNER = 'no broadcaster is heard, or it cannot read the score store';

it.each([
  ['all is well', 'up', undefined, 'up', 0, true, []],
  ['the store is away', 'down', undefined, 'up', 0, false, ["the score store can't be reached"]],
  ['the store can be read only', 'up', FULL, 'up', 0, true, [NO_WRITES]],
  ['the store refuses everything', 'down', FULL, 'up', 0, false, [NO_WRITES]],
  ['the bus is away', 'up', undefined, 'down', 0, false, ["the message bus can't be reached"]],
  ['no owner is heard', 'up', FULL, 'up', 2, false, [NO_OWNER, NO_WRITES]],
] as const)('where %s', (_, state, writeRefusal, busState, stale, ready, problems) => {
  const gateway = { stalePartitions: () => stale };
  const health = createHealth({ store: { state, writeRefusal }, bus: { state: busState }, gateway });
  expect(health.ready()).toEqual({ ready, problems });
});
