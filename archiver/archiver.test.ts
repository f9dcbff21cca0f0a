import { beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../runtime/logger.ts';
import { silentLogger } from '../runtime/logger.ts';
import { type LogEntry, type LogPage, StoreUnavailableError } from '../store/score-store.ts';
import { createFakeClock, type FakeClock } from '../test/support/fake-clock.ts';
import { ArchiveError } from './archive.ts';
import { type Archiver, createArchiver } from './archiver.ts';
import { DEFAULT_ARCHIVER_LIMITS, DEFAULT_ARCHIVER_OPTIONS } from './archiver-options.ts';
import { createMemoryArchive, MemoryHistory } from './memory-archive.contract.ts';

/** A partition's log that is written, trimmed and set back as tests want it. */
class Log {
  entries: LogEntry[] = [];
  trimmedTo = 0;
  /** The position of an entry that can't be read. */
  damagedAt: number | undefined;

  get position(): number {
    return this.entries.at(-1)?.to ?? this.trimmedTo;
  }

  write(at: number, operations = 1): void {
    const from = this.position;
    const operation = { op: 'delta', board: 'b', member: 'ann', value: at } as const;
    this.entries.push({
      ...{ kind: 'batch', from, to: from + operations, at },
      operations: Array.from({ length: operations }, () => operation),
    });
  }

  trim(to: number): void {
    this.entries = this.entries.filter((entry) => entry.from >= to);
    this.trimmedTo = to;
  }

  setBack(to: number): void {
    this.entries = this.entries.filter((entry) => entry.to <= to);
  }

  read(after: number, limit: number): LogPage {
    const entries = this.entries.filter(({ to }) => to > after).slice(0, limit);
    if (entries.some(({ to }) => to === this.damagedAt)) throw new Error('defect: a step can not be read');
    return { entries, trimmedTo: this.trimmedTo, position: this.position };
  }
}

let clock: FakeClock;
let logs: [Log, Log];
let history: MemoryHistory;
let told: string[];
let storeFailure: Error | undefined;

beforeEach(() => {
  clock = createFakeClock(1_000_000);
  logs = [new Log(), new Log()];
  history = new MemoryHistory();
  told = [];
  storeFailure = undefined;
});

const tell = (_: object, message: string): void => void told.push(message);
const logger: Logger = { ...silentLogger, error: tell, info: tell };

function create(limits = DEFAULT_ARCHIVER_LIMITS): Archiver {
  const store = {
    partitions: 2,
    readLog: async (partition: number, after: number, limit: number) => {
      if (storeFailure !== undefined) throw storeFailure;
      return (logs[partition] as Log).read(after, limit);
    },
  };
  const archive = createMemoryArchive(history);
  return createArchiver({ store, archive, clock, logger }, { ...DEFAULT_ARCHIVER_OPTIONS, limits });
}

async function start(limits = DEFAULT_ARCHIVER_LIMITS): Promise<Archiver> {
  const archiver = create(limits);
  await archiver.start();
  await clock.advance(0);
  return archiver;
}

const isWhole = (): void => {
  for (const [partition, { entries }] of logs.entries()) expect(history.entries(partition)).toEqual(entries);
};

describe('an archiver', () => {
  it('copies what is there, and then what comes', async () => {
    for (let at = 1; at <= 30; at++) logs[at % 2]?.write(at, at);
    const archiver = await start();
    isWhole();
    logs[0].write(100);
    await clock.advance(1000);
    isWhole();
    expect(archiver.stats()).toMatchObject({ active: true, lagOperations: 0, operations: 466 });
    await archiver.stop();
  });

  /** How many rows each transaction but the last added. */
  function watchSizes(): readonly number[] {
    const sizes: number[] = [];
    let before = 0;
    history.onChange = () => {
      sizes.push(history.rowsOf(0).length - before);
      before = history.rowsOf(0).length;
    };
    return sizes;
  }

  it('takes no pause while it is behind, and no page is larger than it may be', async () => {
    for (let at = 1; at <= 100; at++) logs[0].write(at, 10);
    const sizes = watchSizes();
    const archiver = await start({ ...DEFAULT_ARCHIVER_LIMITS, pageOperations: 50, pageSteps: 20 });
    isWhole();
    expect(Math.max(...sizes)).toBe(50);
    expect(clock.now()).toBe(1_000_000);
    await archiver.stop();
  });

  it('makes pages smaller where steps are large', async () => {
    for (let at = 1; at <= 100; at++) logs[0].write(at);
    const sizes = watchSizes();
    const archiver = await start({ ...DEFAULT_ARCHIVER_LIMITS, pageBytes: 400 });
    isWhole();
    // Steps of some 100 bytes each; the first page is a guess.
    expect(sizes[1]).toBe(8);
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual(5);
    await archiver.stop();
  });

  it('stands by while another one writes, and goes on where that one ended', async () => {
    const first = await start();
    logs[0].write(1);
    const second = await start();
    expect([first.stats().active, second.stats().active]).toEqual([true, false]);
    await clock.advance(1000);
    isWhole();
    expect(second.stats().operations).toBe(0);
    await first.stop();
    logs[0].write(2);
    await clock.advance(1000);
    isWhole();
    expect(second.stats()).toMatchObject({ active: true, operations: 1 });
    await second.stop();
  });

  it('keeps a gap as one, and tells of it', async () => {
    const archiver = await start();
    logs[0].write(1, 3);
    await clock.advance(1000);
    logs[0].write(2, 5);
    logs[0].write(3, 7);
    logs[0].trim(8);
    await clock.advance(1000);
    expect(history.entries()).toMatchObject([
      { from: 0, to: 3 },
      { from: 8, to: 15 },
    ]);
    expect(history.gaps).toEqual([[0, 3, 8]]);
    expect(archiver.stats().gapOperations).toBe(5);
    expect(told).toContain('a part of the log was gone before it was archived: the history has a gap');
    await archiver.stop();
  });

  it('keeps a hole amid the log as a gap', async () => {
    for (let at = 1; at <= 5; at++) logs[0].write(at);
    logs[0].entries.splice(2, 1);
    const archiver = await start();
    expect(history.gaps).toEqual([[0, 2, 3]]);
    isWhole();
    await archiver.stop();
  });

  it.each([
    ['and is behind the archive', 0],
    ['and is as far again', 4],
    ['and is further already', 9],
  ])('puts aside what a store has lost that went back %s', async (_, steps) => {
    for (let at = 1; at <= 10; at++) logs[0].write(at, 2);
    const archiver = await start();
    const lost = history.rowsOf(0).slice(12);
    logs[0].setBack(12);
    for (let at = 0; at < steps; at++) logs[0].write(101 + at, 2);
    await clock.advance(1000);
    isWhole();
    expect(history.lost).toEqual(lost);
    expect(archiver.stats().lostOperations).toBe(8);
    expect(told).toContain('the store does not have any more what was archived of it, which is put aside');
    await archiver.stop();
  });

  it('finds where a store went back to, far behind, and where its log begins after that', async () => {
    for (let at = 1; at <= 2000; at++) logs[0].write(at);
    const archiver = await start();
    logs[0].setBack(300);
    logs[0].trim(200);
    for (let at = 5001; at <= 6800; at++) logs[0].write(at);
    await clock.advance(1000);
    expect(history.entries().slice(200)).toEqual(logs[0].entries);
    expect(history.lost).toHaveLength(1700);
    logs[0].setBack(0);
    logs[0].trim(0);
    await clock.advance(1000);
    isWhole();
    await archiver.stop();
  });

  it('waits for a store that is away, tells it once, and keeps the archive meanwhile', async () => {
    const archiver = await start();
    storeFailure = new StoreUnavailableError('away');
    logs[0].write(999_000);
    await clock.advance(60_000);
    expect(archiver.stats().active).toBe(true);
    expect(archiver.stats().lagSeconds).toBeGreaterThan(55);
    expect(archiver.stats().failures.get('store')).toBeGreaterThan(4);
    storeFailure = undefined;
    await clock.advance(10_000);
    isWhole();
    expect(told.filter((each) => /store/.test(each))).toEqual([
      'archiving waits until the store answers',
      'the store answers again',
    ]);
    expect(archiver.stats().lagSeconds).toBeLessThanOrEqual(1);
    await archiver.stop();
  });

  it('waits for an archive that is away, also at its start, and asks it anew where it is', async () => {
    history.failure = new ArchiveError('away');
    logs[0].write(1);
    const archiver = await start();
    await clock.advance(5000);
    expect(archiver.stats().active).toBe(false);
    history.failure = undefined;
    await clock.advance(10_000);
    isWhole();
    // Written by the transaction whose end was never told.
    history.onChange = () => {
      history.onChange = () => undefined;
      throw new ArchiveError('broken');
    };
    logs[0].write(2);
    await clock.advance(10_000);
    isWhole();
    expect(told.filter((each) => /waits/.test(each))).toHaveLength(2);
    await archiver.stop();
  });

  it('archives the other partitions, and what comes before it, where a step can not be read', async () => {
    for (let at = 1; at <= 9; at++) for (const log of logs) log.write(at);
    logs[0].damagedAt = 6;
    const archiver = await start();
    await clock.advance(20_000);
    expect(history.entries(0)).toEqual(logs[0].entries.slice(0, 5));
    expect(history.entries(1)).toEqual(logs[1].entries);
    expect(told.filter((each) => /can not be read/.test(each))).toHaveLength(1);
    logs[0].damagedAt = undefined;
    await clock.advance(1000);
    isWhole();
    await archiver.stop();
  });

  it('tells how far it is behind', async () => {
    const archiver = await start();
    logs[0].write(clock.now() - 7000, 3);
    history.onChange = () => {
      throw new ArchiveError('broken');
    };
    await clock.advance(1000);
    expect(archiver.stats()).toMatchObject({ lagOperations: 3, lagSeconds: 8 });
    history.onChange = () => undefined;
    await clock.advance(20_000);
    expect(archiver.stats().lagOperations).toBe(0);
    await archiver.stop();
  });

  it('ends between two transactions, and leaves the archive to others', async () => {
    for (let at = 1; at <= 100; at++) logs[0].write(at);
    const archiver = create({ ...DEFAULT_ARCHIVER_LIMITS, pageSteps: 2 });
    let stopped: Promise<void> | undefined;
    history.onChange = () => {
      stopped ??= archiver.stop();
    };
    await archiver.start();
    await clock.settle();
    await stopped;
    expect(history.rowsOf(0).length).toBeGreaterThan(0);
    expect(history.rowsOf(0).length).toBeLessThan(100);
    expect(history.writer).toBeUndefined();
    expect(clock.pending).toBe(0);
  });
});
