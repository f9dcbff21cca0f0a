import { expect, test } from 'vitest';
import { ALL } from './faulty-data.contract.ts';
import { createRig } from './support.contract.ts';

/** The partitions that each message told of. */
function told({ recorder }: ReturnType<typeof createRig>): number[][] {
  return recorder.probes.map(({ probes }) => probes.map(([partition]) => partition).sort());
}

test('one message a period tells a gateway of the probes of all partitions', async () => {
  const rig = createRig();
  const { recorder, clock, timing } = rig;
  const { broadcaster: owner } = await rig.broadcaster('one');
  recorder.watchProbes();
  await clock.advance(4 * timing.probeMs + timing.tickMs);
  expect(told(rig)).toEqual([ALL, ALL, ALL, ALL]);
  for (const { probes, heardAt } of recorder.probes) {
    // Written at one time, and read by the next tick.
    expect(new Set(probes.map(([, fence]) => fence))).toEqual(new Set([101]));
    const [at] = new Set(probes.map(([, , each]) => each));
    expect(heardAt - (at ?? 0)).toBeLessThanOrEqual(timing.tickMs);
  }
  expect(new Set(recorder.probes.map(({ probes }) => probes[0]?.[2])).size).toBe(4);
  await owner.stop();
});

test('each gateway is told for as long as it is heard, and nothing is written for nobody', async () => {
  const { recorder, clock, timing, data, broadcaster } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  await clock.advance(3 * timing.probeMs);
  expect([recorder.probes, [...data.probes]]).toEqual([[], []]);
  recorder.watchProbes('g');
  recorder.watchProbes('h');
  await clock.advance(timing.interestMs - timing.probeMs);
  recorder.watchProbes('h');
  const before = recorder.probes.length;
  // Both have been told each time.
  expect(before % 2).toBe(0);
  await clock.advance(timing.interestMs - timing.probeMs);
  const since = recorder.probes.slice(before).map(({ heardAt }) => heardAt);
  const once = since.filter((at) => since.filter((each) => each === at).length === 1);
  // The one that fell silent was told for another period or two, the other one still is.
  expect(since.length - once.length).toBeLessThanOrEqual(2 * 2);
  expect(once.length).toBeGreaterThanOrEqual(5);
  await clock.advance(3 * timing.probeMs);
  const { length } = recorder.probes;
  await clock.advance(timing.interestMs);
  expect(recorder.probes).toHaveLength(length);
  await owner.stop();
});

test('broadcasters that share partitions tell of their own only', async () => {
  const rig = createRig();
  const { recorder, clock, timing } = rig;
  const one = await rig.broadcaster('one');
  const six = await rig.broadcaster('six');
  await clock.advance(2 * timing.probeMs);
  recorder.watchProbes();
  await clock.advance(timing.probeMs + timing.tickMs);
  const shares = [one, six].map(({ broadcaster: { stats } }) => [...stats().partitions]);
  expect(shares.flat().sort()).toEqual(ALL);
  expect(told(rig).sort()).toEqual(shares.sort());
  await six.broadcaster.stop();
  await one.broadcaster.stop();
});

test('an owner that takes over goes on with the probes of what it has got', async () => {
  const rig = createRig();
  const { recorder, clock, timing } = rig;
  const one = await rig.broadcaster('one');
  const six = await rig.broadcaster('six');
  await clock.advance(2 * timing.probeMs);
  recorder.watchProbes();
  await one.broadcaster.stop();
  recorder.probes.length = 0;
  await clock.advance(timing.probeMs + timing.tickMs);
  expect(told(rig)).toEqual([ALL]);
  await six.broadcaster.stop();
});

test.each([
  ['takeDirty', 'refused'],
  ['takeDirty', 'lost'],
  ['readProbes', 'refused'],
] as const)(
  'nothing is told while the answers of %s are %s, and what is written is told after it',
  async (call, fault) => {
    const rig = createRig();
    const { recorder, clock, timing } = rig;
    const { broadcaster: owner, store } = await rig.broadcaster('one');
    recorder.watchProbes();
    await clock.advance(timing.probeMs + timing.tickMs);
    store.faultOf = (method) => (method === call ? fault : undefined);
    recorder.probes.length = 0;
    await clock.advance(3 * timing.probeMs);
    expect(recorder.probes).toEqual([]);
    store.faultOf = () => undefined;
    await clock.advance(timing.probeMs + timing.tickMs);
    expect(told(rig).at(-1)).toEqual(ALL);
    await owner.stop();
  },
);
