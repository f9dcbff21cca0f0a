import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PublishQueue, QueueContents, QueuedEvent } from '../publish-queue.ts';
import { createFileQueue, type FileQueueOptions } from './file-queue.ts';

let folder: string;
let path: string;
const open: PublishQueue[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorewire-queue-'));
  path = join(folder, 'events.queue');
});

afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close();
  rmSync(folder, { recursive: true });
});

async function openQueue(options: FileQueueOptions = {}): Promise<{
  queue: PublishQueue;
  contents: QueueContents | undefined;
}> {
  const queue = createFileQueue(path, options);
  open.push(queue);
  return { queue, contents: await queue.load() };
}

async function reopen(queue: PublishQueue, options: FileQueueOptions = {}) {
  await queue.close();
  return openQueue(options);
}

/** The place in the history makes it unlike any other. */
const event = (id: number): QueuedEvent => ({
  at: 1_700_000_000_000 + id,
  event: { type: 'score', board: 'x', member: `ä${'m'.repeat(id % 7)}`, delta: id },
});
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => event(from + i));
const idsOf = (contents: QueueContents | undefined) =>
  contents?.events.map(({ event }) => (event && 'delta' in event ? event.delta : undefined));

test('a new queue is empty, and what it is given is there after it is opened again', async () => {
  const { queue, contents } = await openQueue();
  expect(contents).toBeUndefined();
  await queue.restart('p', [event(1)]);
  await queue.append(events(2, 3));
  await queue.append([event(4)]);
  await queue.settle(2);
  const again = await reopen(queue);
  expect(again.contents).toEqual({ producer: 'p', next: 5, events: events(3, 4), isComplete: true });
  await again.queue.append([event(5)]);
  await again.queue.settle(4);
  expect((await reopen(again.queue)).contents).toMatchObject({ next: 6, events: [event(5)] });
});

test('beginning anew forgets everything else', async () => {
  const { queue } = await openQueue();
  await queue.restart('p', []);
  await queue.append(events(1, 9));
  await queue.restart('q', events(8, 9));
  await queue.append([event(10)]);
  const { contents } = await reopen(queue);
  expect(contents).toEqual({ producer: 'q', next: 4, events: events(8, 10), isComplete: true });
});

test('settling more than there is, or the same again, changes nothing', async () => {
  const { queue } = await openQueue();
  await queue.restart('p', events(1, 3));
  await queue.settle(2);
  await queue.settle(1);
  await queue.settle(99);
  expect((await reopen(queue)).contents).toMatchObject({ next: 4, events: [] });
});

test('members with odd names and nothing at all come back as they were', async () => {
  const { queue } = await openQueue();
  const odd: QueuedEvent[] = ['__proto__', '💥\u2028"', 'constructor'].map((member) => ({
    at: 1,
    event: { type: 'profile', member, name: 'n' },
  }));
  const nothing = { at: 1, event: null } as unknown as QueuedEvent;
  await queue.restart('p', [...odd, nothing]);
  expect((await reopen(queue)).contents?.events).toEqual([...odd, nothing]);
});

test('wherever a crash cuts the file off, every record before the cut stands and no number is used twice', async () => {
  const { queue } = await openQueue();
  await queue.restart('p', []);
  /** What the file held when it had so many bytes. */
  const history: { bytes: number; first: number; ids: number[] }[] = [];
  let first = 1;
  let ids: number[] = [];
  const remember = () => history.push({ bytes: statSync(path).size, first, ids: [...ids] });
  remember();
  let last = 0;
  const script = [
    { appended: 2, settled: 0 },
    { appended: 1, settled: 1 },
    { appended: 0, settled: 3 },
    { appended: 2, settled: 4 },
  ];
  for (const { appended, settled } of script) {
    for (let i = 0; i < appended; i++) {
      await queue.append([event(++last)]);
      ids.push(last);
      remember();
    }
    if (settled < first) continue;
    await queue.settle(settled);
    ids = ids.filter((id) => id > settled);
    first = settled + 1;
    remember();
  }
  await queue.close();
  const whole = readFileSync(path);
  for (let bytes = history[0]?.bytes ?? 0; bytes <= whole.length; bytes++) {
    writeFileSync(path, whole.subarray(0, bytes));
    const { queue: cut, contents } = await openQueue({ fsync: 'never' });
    const known = history.findLast((each) => each.bytes <= bytes);
    expect(idsOf(contents)).toEqual(known?.ids);
    expect(contents?.next).toBe((known?.first ?? 0) + (known?.ids.length ?? 0));
    // Half a record: the numbers from `next` on may be taken.
    expect(contents?.isComplete).toBe(known?.bytes === bytes);
    await cut.append([event(1000)]);
    const again = await reopen(cut);
    expect(idsOf(again.contents)).toEqual([...(known?.ids ?? []), 1000]);
    await again.queue.close();
  }
}, 60_000);

test('a file that ends within its beginning is a new one', async () => {
  const { queue } = await openQueue();
  await queue.restart('p', []);
  await queue.close();
  const whole = readFileSync(path);
  for (let bytes = 0; bytes < whole.length; bytes++) {
    writeFileSync(path, whole.subarray(0, bytes));
    const { queue: cut, contents } = await openQueue();
    expect(contents).toBeUndefined();
    await cut.restart('q', []);
    expect((await reopen(cut)).contents).toMatchObject({ producer: 'q', next: 1 });
    await open.at(-1)?.close();
  }
});

test('whichever byte is damaged, what stands before it is read, and nothing is made up', async () => {
  const { queue } = await openQueue();
  await queue.restart('p', events(1, 3));
  await queue.append(events(4, 6));
  await queue.close();
  const whole = readFileSync(path);
  const begin = whole.indexOf('{"number":1') - 8;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: begin, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, bits) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ bits;
        writeFileSync(path, damaged);
        const { queue, contents } = await openQueue();
        const ids = idsOf(contents) ?? [];
        expect(ids).toEqual([1, 2, 3, 4, 5, 6].slice(0, ids.length));
        expect(contents?.isComplete).toBe(false);
        await queue.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('bytes of zero, as a crash of the machine may leave them, are no records', async () => {
  const { queue } = await openQueue();
  await queue.restart('p', [event(1)]);
  await queue.close();
  appendFileSync(path, Buffer.alloc(4096));
  expect((await openQueue()).contents).toMatchObject({ next: 2, events: [event(1)], isComplete: false });
});

test('what was not synced is never complete, until the queue begins anew', async () => {
  const { queue } = await openQueue({ fsync: 'never' });
  await queue.restart('p', [event(1)]);
  const second = await reopen(queue, { fsync: 'always' });
  expect(second.contents).toMatchObject({ isComplete: false });
  const third = await reopen(second.queue, { fsync: 'always' });
  expect(third.contents).toMatchObject({ isComplete: false, events: [event(1)] });
  await third.queue.restart('q', [event(2)]);
  const fourth = await reopen(third.queue);
  expect(fourth.contents).toMatchObject({ isComplete: true });
});

test('the file stays small, however much passes through it', async () => {
  const settledBytes = 4096;
  const { queue } = await openQueue({ fsync: 'never', settledBytes });
  await queue.restart('p', []);
  let largest = 0;
  for (let last = 10; last <= 3000; last += 10) {
    await queue.append(events(last - 9, last));
    await queue.settle(last - 5);
    largest = Math.max(largest, statSync(path).size);
  }
  expect(largest).toBeLessThan(settledBytes + 4096);
  expect(largest).toBeGreaterThan(settledBytes / 2);
  const { contents } = await reopen(queue);
  expect(contents).toMatchObject({ next: 3001, events: events(2996, 3000) });
});

test('a file that is something else is left alone', async () => {
  writeFileSync(path, 'board,member,score\n');
  await expect(openQueue()).rejects.toThrow('not a queue');
  expect(readFileSync(path, 'utf8')).toBe('board,member,score\n');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a folder that is not there is told', async () => {
  path = join(folder, 'missing', 'events.queue');
  await expect(openQueue()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('only one queue has the file, within a process and across processes', async () => {
  const { queue } = await openQueue();
  await expect(openQueue()).rejects.toThrow('holds the lock');
  await queue.close();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
  try {
    await once(other.stdout, 'data');
    for (const content of [`${other.pid} `, `${other.pid}  ${hostname()}`]) {
      writeFileSync(`${path}.lock`, content);
      await expect(openQueue()).rejects.toThrow(`the process ${other.pid} uses this queue`);
    }
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  const { queue: own } = await openQueue();
  expect(readFileSync(`${path}.lock`, 'utf8').split(' ')).toEqual([
    `${process.pid}`,
    expect.any(String),
    hostname(),
  ]);
  await own.close();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test.each([
  ['this very id, from before this process', () => `${process.pid} 1 ${hostname()}`],
  ['the id of a process that began later', () => `${process.ppid} 1 ${hostname()}`],
  ['this very id, but no host', () => `${process.pid} 1`],
  ['nonsense', () => 'nonsense'],
  ['nothing', () => ''],
])('a lock that names %s is stale', async (_, content) => {
  writeFileSync(`${path}.lock`, content());
  const { queue } = await openQueue();
  await queue.restart('p', []);
  await queue.close();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a lock of another host stands, whatever its process id, and the error says what to do', async () => {
  // On a shared volume the first process of each container has the same id.
  const content = `${process.pid} 1 elsewhere`;
  writeFileSync(`${path}.lock`, content);
  await expect(openQueue()).rejects.toThrow(
    `${path}.lock: the process ${process.pid} on the host elsewhere uses this queue; if that process does not run any more, remove this file`,
  );
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(content);
});

test.runIf(process.platform === 'linux')(
  'a second copy of this code in the process does not get the file',
  async () => {
    await openQueue();
    // As another thread, or another version of the package, would have it.
    vi.resetModules();
    const { lockFile } = await import('./queue-lock.ts');
    await expect(lockFile(`${path}.lock`)).rejects.toThrow(`the process ${process.pid} uses this queue`);
  },
);

test.runIf(process.platform === 'linux')(
  'a process that is dead, but not asked for by its parent, does not hold the file',
  async () => {
    // The shell becomes a program that never waits for its children.
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000']);
    try {
      const zombie = Number(String(await once(parent.stdout, 'data')));
      const nameOf = () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim();
      await vi.waitUntil(() => nameOf() === 'sleep', { timeout: 20_000 });
      process.kill(zombie, 'SIGKILL');
      const stat = () => readFileSync(`/proc/${zombie}/stat`, 'utf8').split(' ');
      await vi.waitUntil(() => stat()[2] === 'Z', { timeout: 20_000 });
      writeFileSync(`${path}.lock`, `${zombie} ${stat()[21]} ${hostname()}`);
      await openQueue();
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
  },
);
