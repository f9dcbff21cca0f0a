import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../test/support/fake-clock.ts';
import { silentLogger } from './logger.ts';
import { type WorkerEnd, WorkerGroup, type WorkerReady } from './worker-group.ts';

const ADDRESS = 'http://127.0.0.1:8080';

/** A process that does what the test tells it to. */
class FakeWorker {
  readonly index: number;
  stopped = false;
  becomeReady: (ready: WorkerReady) => void = () => undefined;
  end: (end: WorkerEnd) => void = () => undefined;
  readonly ready: Promise<WorkerReady>;
  readonly ended: Promise<WorkerEnd>;

  constructor(index: number) {
    this.index = index;
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  stop(): void {
    this.stopped = true;
  }
}

let clock: FakeClock;
let launched: FakeWorker[];
let group: WorkerGroup;

beforeEach(() => {
  clock = createFakeClock();
  launched = [];
  const launch = (index: number): FakeWorker => {
    const worker = new FakeWorker(index);
    launched.push(worker);
    return worker;
  };
  group = new WorkerGroup({ clock, logger: silentLogger, launch }, { workers: 3 });
});

async function start(): Promise<void> {
  const starting = group.start();
  for (let i = 0; i < 3; i++) {
    await clock.settle();
    for (const worker of launched) worker.becomeReady({ address: ADDRESS });
  }
  await starting;
}

const crash = { code: null, signal: 'SIGKILL' };
const indices = () => launched.map(({ index }) => index);

describe('a group of workers', () => {
  it('begins with one, and the others follow when it is ready', async () => {
    const starting = group.start();
    await clock.settle();
    expect(indices()).toEqual([0]);
    launched[0]?.becomeReady({ address: ADDRESS });
    await clock.settle();
    expect(indices()).toEqual([0, 1, 2]);
    for (const worker of launched) worker.becomeReady({ address: ADDRESS });
    await starting;
    expect(group.address).toBe(ADDRESS);
  });

  it('does not start where one of them ends before it is ready, and starts none again', async () => {
    const starting = group.start();
    launched[0]?.end({ code: 1, signal: null });
    await expect(starting).rejects.toThrow('worker 0 did not start');
    await clock.advance(60_000);
    expect(indices()).toEqual([0]);
  });

  it('starts one that has ended again, later each time, until it has lived for a while', async () => {
    await start();
    for (const waitMs of [100, 200, 400]) {
      const before = launched.length;
      launched.findLast(({ index }) => index === 1)?.end(crash);
      await clock.advance(waitMs - 1);
      expect(launched).toHaveLength(before);
      await clock.advance(1);
      expect(launched).toHaveLength(before + 1);
      expect(launched.at(-1)).toMatchObject({ index: 1 });
    }
    await clock.advance(30_000);
    launched.at(-1)?.end(crash);
    await clock.advance(100);
    expect(indices()).toEqual([0, 1, 2, 1, 1, 1, 1]);
  });

  it('waits no longer than ten seconds, also for one that never gets ready again', async () => {
    await start();
    launched[2]?.end(crash);
    for (let i = 0; i < 20; i++) {
      await clock.advance(10_000);
      launched.at(-1)?.end({ code: 1, signal: null });
      await clock.settle();
    }
    expect(indices().filter((index) => index === 2)).toHaveLength(21);
  });

  it('stops together, and tells whether each did in order', async () => {
    await start();
    const stopping = group.stop();
    expect(launched.every(({ stopped }) => stopped)).toBe(true);
    for (const worker of launched) worker.end({ code: 0, signal: null });
    expect(await stopping).toBe(true);
    await clock.advance(60_000);
    expect(launched).toHaveLength(3);
  });

  it('tells where one did not, and starts none that has just ended', async () => {
    await start();
    launched[1]?.end(crash);
    await clock.settle();
    const stopping = group.stop();
    launched[0]?.end({ code: 0, signal: null });
    launched[2]?.end({ code: 1, signal: null });
    expect(await stopping).toBe(false);
    await clock.advance(60_000);
    expect(launched).toHaveLength(3);
  });
});
