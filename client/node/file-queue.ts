import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PublishQueue, QueueContents, QueuedEvent } from '../publish-queue.ts';
import { readContents } from './queue-contents.ts';
import { lockFile } from './queue-lock.ts';
import { type Beginning, encodeRecord, MAGIC } from './queue-records.ts';

export interface FileQueueOptions {
  /**
   * `always` (the default): events are on the disk before they are sent, and survive the machine. `never`: they survive the
   * process only, and after every restart what it left is settled before anything new is sent.
   */
  readonly fsync?: 'always' | 'never';
  /** Bytes of settled events that the file may hold, if that is more than the bytes of unsettled ones. Default 1 MiB. */
  readonly settledBytes?: number;
}

const SETTLED_BYTES = 1024 * 1024;
const COPIED_AT_ONCE = 64 * 1024;

/** A queue in a file, and a lock beside it (`<path>.lock`). The folder must exist; one process uses it at a time. */
export function createFileQueue(path: string, options: FileQueueOptions = {}): PublishQueue {
  return new FileQueue(path, options);
}

class FileQueue implements PublishQueue {
  readonly #path: string;
  readonly #isSynced: boolean;
  readonly #settledBytes: number;
  #file: FileHandle | undefined;
  #unlock: (() => Promise<void>) | undefined;
  #producer = '';
  /** No number of this producer can have been given to an event that the file has lost. */
  #isSafe = false;
  /** The number of the oldest unsettled event, or of the next where there is none. */
  #first = 1;
  /** Where the record of each unsettled event begins. */
  #offsets: number[] = [];
  /** Bytes of the file. */
  #end = 0;
  /** Where the first record behind the beginning is. */
  #body = 0;
  #damage: unknown;

  constructor(path: string, { fsync = 'always', settledBytes = SETTLED_BYTES }: FileQueueOptions) {
    this.#path = path;
    this.#isSynced = fsync === 'always';
    this.#settledBytes = settledBytes;
  }

  async load(): Promise<QueueContents | undefined> {
    this.#unlock = await lockFile(`${this.#path}.lock`);
    try {
      return await this.#open();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async restart(producer: string, events: readonly QueuedEvent[]): Promise<void> {
    const records = events.map((event, place) => encodeRecord({ number: place + 1, ...event }));
    const bytes = Buffer.concat(records);
    await this.#replace({ producer, first: 1, isSynced: this.#isSynced }, async (file, start) => {
      await writeFully(file, bytes, start);
      return { offsets: offsetsOf(records, start), end: start + bytes.length };
    });
  }

  async append(events: readonly QueuedEvent[]): Promise<void> {
    const next = this.#first + this.#offsets.length;
    const records = events.map((event, place) => encodeRecord({ number: next + place, ...event }));
    const start = this.#end;
    await this.#write(Buffer.concat(records), this.#isSynced);
    this.#offsets.push(...offsetsOf(records, start));
  }

  async settle(number: number): Promise<void> {
    const settled = Math.min(number - this.#first + 1, this.#offsets.length);
    if (settled <= 0) return;
    await this.#write(encodeRecord({ settled: number }), false);
    this.#offsets.splice(0, settled);
    this.#first += settled;
    const live = this.#offsets[0] ?? this.#end;
    if (live - this.#body > Math.max(this.#settledBytes, this.#end - live)) await this.#compact();
  }

  async close(): Promise<void> {
    const file = this.#file;
    const unlock = this.#unlock;
    this.#file = undefined;
    this.#unlock = undefined;
    await file?.close();
    await unlock?.();
  }

  async #open(): Promise<QueueContents | undefined> {
    await rm(draftOf(this.#path), { force: true });
    this.#file = await open(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const bytes = await this.#file.readFile();
    const contents = readContents(bytes);
    if (!contents) return undefined;
    const { producer, next, events, isComplete, offsets, body, end } = contents;
    this.#producer = producer;
    this.#first = next - events.length;
    this.#offsets = [...offsets];
    this.#body = body;
    this.#end = end;
    // Numbers that are not safe stay so until the queue begins anew, whatever happens to this process.
    this.#isSafe = isComplete && this.#isSynced;
    // Nothing must stand behind a torn record, and the file itself says whether its numbers are safe.
    if (end < bytes.length || contents.isSynced !== this.#isSafe) await this.#compact();
    return { producer, next, events, isComplete };
  }

  /** The unsettled events stand at the end of the file: what is before them goes. */
  async #compact(): Promise<void> {
    const live = this.#offsets[0] ?? this.#end;
    const bytes = this.#end - live;
    const beginning = { producer: this.#producer, first: this.#first, isSynced: this.#isSafe };
    await this.#replace(beginning, async (file, start) => {
      await copy(this.#sound(), live, file, start, bytes);
      return { offsets: this.#offsets.map((offset) => offset - live + start), end: start + bytes };
    });
  }

  /** A whole new file takes the place of the old one, or nothing happens. */
  async #replace(beginning: Beginning, fill: Fill): Promise<void> {
    const draft = draftOf(this.#path);
    const file = await open(draft, 'w+', 0o600);
    try {
      const begin = Buffer.concat([MAGIC, encodeRecord(beginning)]);
      await writeFully(file, begin, 0);
      const { offsets, end } = await fill(file, begin.length);
      await file.sync();
      await rename(draft, this.#path);
      this.#body = begin.length;
      this.#offsets = offsets;
      this.#end = end;
    } catch (error) {
      await file.close();
      await rm(draft, { force: true });
      throw error;
    }
    const old = this.#file;
    this.#file = file;
    this.#damage = undefined;
    this.#producer = beginning.producer;
    this.#first = beginning.first;
    this.#isSafe = beginning.isSynced;
    await old?.close();
    await syncFolder(dirname(this.#path));
  }

  async #write(bytes: Buffer, isSynced: boolean): Promise<void> {
    const file = this.#sound();
    try {
      await writeFully(file, bytes, this.#end);
      if (isSynced) await file.datasync();
      this.#end += bytes.length;
    } catch (error) {
      // Half a record would hide all that follow it.
      await file.truncate(this.#end).catch((damage: unknown) => {
        this.#damage = damage;
      });
      throw error;
    }
  }

  #sound(): FileHandle {
    if (!this.#file) throw new Error(`${this.#path}: not open`);
    if (this.#damage) throw new Error(`${this.#path}: an earlier write failed`, { cause: this.#damage });
    return this.#file;
  }
}

/** Writes what comes behind the beginning, from `start` on. */
type Fill = (file: FileHandle, start: number) => Promise<{ offsets: number[]; end: number }>;

const draftOf = (path: string): string => `${path}.new`;

function offsetsOf(records: readonly Buffer[], start: number): number[] {
  let offset = start;
  return records.map(({ length }) => {
    offset += length;
    return offset - length;
  });
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function copy(
  from: FileHandle,
  fromPosition: number,
  to: FileHandle,
  toPosition: number,
  bytes: number,
): Promise<void> {
  const buffer = Buffer.alloc(Math.min(COPIED_AT_ONCE, bytes));
  for (let done = 0; done < bytes; ) {
    const length = Math.min(buffer.length, bytes - done);
    const { bytesRead } = await from.read(buffer, 0, length, fromPosition + done);
    if (bytesRead === 0) throw new Error('the file is shorter than it was');
    await writeFully(to, buffer.subarray(0, bytesRead), toPosition + done);
    done += bytesRead;
  }
}

/** So that a new name survives the machine. Windows does not know that for folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
