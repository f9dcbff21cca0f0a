import { expect, test } from 'vitest';
import { decodeBusMessage, type ProbesMessage, TOPICS } from '../../bus/messages.ts';
import { DEFAULT_TIMING, type Timing } from '../../bus/timing.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { ProbeWatch } from './probe-watch.ts';

const PARTITIONS = 3;
const { watchMs, watchRetryMs, probeMs } = DEFAULT_TIMING;

function open(timing: Partial<Timing> = {}) {
  const clock = createFakeClock();
  let asked = 0;
  const bus = {
    publish: (topic: string, bytes: Uint8Array): void => {
      expect([topic, decodeBusMessage(bytes)]).toEqual([
        TOPICS.probeWatch,
        { type: 'probe-watch', gateway: 'g' },
      ]);
      asked += 1;
    },
  };
  const watch = new ProbeWatch(
    { bus, clock, believes: (_, fence) => fence >= 7 },
    { gateway: 'g', partitions: PARTITIONS, timing: { ...DEFAULT_TIMING, ...timing } },
  );
  return {
    clock,
    watch,
    ages: () => [...Array(PARTITIONS).keys()].map((each) => watch.ageMs(each, clock.now())),
    /** How often owners were asked since this was called last. */
    takeAsked: () => {
      const taken = asked;
      asked = 0;
      return taken;
    },
  };
}

function probes(...told: ProbesMessage['probes']): ProbesMessage {
  return { type: 'probes', probes: told };
}

test('what probes show is news where it is another time, and old where it is shown first', async () => {
  const { clock, watch, ages } = open();
  await clock.advance(100);
  watch.receive(probes([0, 7, 5000], [1, 7, 5000]));
  expect(watch.shown).toEqual([5000, 5000, undefined]);
  expect([ages(), watch.oldestMs()]).toEqual([[100, 100, 100], 100]);
  await clock.advance(100);
  // The clock of its owner may have been set back.
  watch.receive(probes([0, 7, 4000], [1, 7, 5000]));
  expect([ages(), watch.oldestMs()]).toEqual([[0, 200, 200], 200]);
});

test('an owner that is outdated, or tells of a partition that is not there, is not believed', async () => {
  const { clock, watch, ages } = open();
  watch.receive(probes([0, 7, 5000]));
  await clock.advance(100);
  watch.receive(probes([0, 6, 6000], [PARTITIONS, 7, 6000]));
  expect([watch.shown, ages()]).toEqual([
    [5000, undefined, undefined],
    [100, 100, 100],
  ]);
});

test('owners are asked once per watch period while all goes well, and again and again while nothing is heard', async () => {
  const { clock, watch, takeAsked } = open();
  let at = 0;
  const passFor = async (ms: number, isWell: boolean): Promise<number> => {
    takeAsked();
    for (let passed = 0; passed < ms; passed += watchRetryMs) {
      at += 1;
      if (isWell) watch.receive(probes([0, 7, at], [1, 7, at], [2, 7, at]));
      watch.askIfDue();
      await clock.advance(watchRetryMs);
    }
    return takeAsked();
  };
  watch.ask();
  // The first time was before.
  expect(await passFor(10 * watchMs, true)).toBe(10 - 1);
  expect(await passFor(2 * probeMs - watchRetryMs, false)).toBeLessThanOrEqual(1);
  expect(await passFor(2 * probeMs, false)).toBe((2 * probeMs) / watchRetryMs);
  expect(await passFor(watchMs, true)).toBeLessThanOrEqual(1);
});

test('where there are no probes nobody is asked, and nothing is late', async () => {
  const { clock, watch, ages, takeAsked } = open({ probeMs: 0 });
  watch.ask();
  await clock.advance(10 * watchMs);
  watch.askIfDue();
  expect([takeAsked(), ages(), watch.oldestMs()]).toEqual([0, [0, 0, 0], 0]);
});
