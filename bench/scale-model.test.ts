import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Costs, MACHINE, needOf, SCENARIOS, type Scenario, serverShare } from './scale-model.ts';

const COSTS: Costs = {
  ...{ serverPerEventUs: 10, redisPerEventUs: 5, broadcasterPerPatchUs: 50, redisPerPatchUs: 20 },
  ...{ natsPerMessageUs: 2, serverPerUpdateUs: 30, serverPerDeliveryUs: 2, serverPerConnectionUs: 1 },
  ...{ connectionBytes: 10_000, updateBytes: 460, patchBytes: 400 },
};
const QUIET: Scenario = {
  ...{ name: 'quiet', viewers: 1_000_000, eventsPerSecond: 0, sharedChannels: 1, sharedChangesPerSecond: 0 },
  ...{ sharedPerViewer: 1, rankShare: 0, rankChangeShare: 0 },
};

test('who only keeps connections needs what these cost', () => {
  expect(needOf(QUIET, COSTS)).toMatchObject({
    gateways: 3,
    gatewaysBy: 'memory',
    deliveriesPerSecond: 0,
    redisShards: 1,
  });
  expect(needOf(QUIET, { ...COSTS, serverPerConnectionUs: 60 })).toMatchObject({
    gateways: 100,
    gatewaysBy: 'cpu',
  });
});

test('deliveries are of each viewer, patches of each gateway', () => {
  const busy = { ...QUIET, sharedChannels: 10, sharedChangesPerSecond: 1, sharedPerViewer: 2 };
  const need = needOf(busy, COSTS);
  expect(need.deliveriesPerSecond).toBe(2_000_000);
  expect(need.watchListsPerSecond).toBeCloseTo((10 * need.gateways) / 3);
  expect(need.natsMessagesPerSecond).toBeCloseTo(10 * need.gateways + need.watchListsPerSecond);
  expect(need.egressBytesPerSecond).toBe(2_000_000 * 500);
  // 2 s of deliveries and 1 s of connections in each second, on cores that may be used to 60 % less what each needs for the channels.
  expect(needOf(busy, COSTS, { ...MACHINE, networkBytesPerSecond: 1e12 }).gateways).toBe(
    Math.ceil((4 + 1) / (0.6 - 0.0003)),
  );
});

test('ranks are read in every tick, whether they change or not', () => {
  const ranked = { ...QUIET, rankShare: 0.5, rankChangeShare: 0.1 };
  const need = needOf(ranked, COSTS);
  expect(need.ranksPerTick).toBe(500_000);
  expect(need.deliveriesPerSecond).toBe(100_000);
  expect(need.redisShards).toBe(Math.ceil((1_000_000 * 20e-6) / 0.6));
  expect(need.broadcasters).toBe(Math.ceil((1_000_000 * 50e-6) / 0.6));
});

test('more viewers never need less', () => {
  for (const share of [0, 0.01]) {
    const needs = SCENARIOS.filter(({ rankShare }) => rankShare === share).map(
      (each) => needOf(each, COSTS).gateways,
    );
    expect(needs).toEqual(needs.toSorted((a, b) => a - b));
    expect(needs).toHaveLength(3);
  }
});

test('the share of a core is the sum of what is done', () => {
  const load = { connections: 1000, eventsPerSecond: 100, updatesPerSecond: 10, deliveriesPerSecond: 10_000 };
  expect(serverShare(load, COSTS)).toBeCloseTo(0.001 + 0.001 + 0.0003 + 0.02, 10);
});

test('the document says what the calculation gives for the costs that it names', () => {
  const document = readFileSync(new URL('../docs/scale.md', import.meta.url), 'utf8');
  const named = [...document.matchAll(/^\| `(\w+)` \| ([\d.]+) \|/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  const costs = Object.fromEntries(named) as Costs;
  expect(Object.keys(costs).toSorted()).toEqual(Object.keys(COSTS).toSorted());
  const rows = SCENARIOS.map((scenario) => {
    const { gateways, broadcasters, redisShards, natsMessagesPerSecond, egressBytesPerSecond } = needOf(
      scenario,
      costs,
    );
    const messages = Number(natsMessagesPerSecond.toPrecision(3));
    const out = `${Math.round(egressBytesPerSecond / 1e9)} GB`;
    return `| ${scenario.name} | ${gateways} | ${broadcasters} | ${redisShards} | ${messages} | ${out} |`;
  });
  expect(rows.filter((row) => !document.includes(row))).toEqual([]);
});
