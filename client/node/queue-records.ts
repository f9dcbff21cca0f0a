import { crc32 } from 'node:zlib';
import type { QueuedEvent } from '../publish-queue.ts';

/**
 * What a queue's file consists of. A record is its length (4 bytes, little-endian), a CRC-32 (4 bytes), and JSON: so what a
 * crash has left half written is recognised, and everything before it is sound.
 */
export type QueueRecord =
  | Beginning
  | ({ readonly number: number } & QueuedEvent)
  /** Everything up to this number is. */
  | { readonly settled: number };

/** The file's first record. `isSynced`: every event of this producer was on the disk before it was sent. */
export interface Beginning {
  readonly producer: string;
  readonly first: number;
  readonly isSynced: boolean;
}

/** What such a file begins with, so that no other file is taken for one. */
export const MAGIC = Buffer.from('scorewire publish queue 1\n');

const HEADER_BYTES = 8;
/** Far more than an event may have; beyond it is no record. */
const MAX_RECORD_BYTES = 1024 * 1024;

export function encodeRecord(record: QueueRecord): Buffer {
  const body = Buffer.from(JSON.stringify(record));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([header, body]);
}

/** The record at `start` and where it ends; `undefined` where there is no sound one. */
export function decodeRecord(
  bytes: Buffer,
  start: number,
): { readonly record: QueueRecord; readonly end: number } | undefined {
  const body = start + HEADER_BYTES;
  if (body > bytes.length) return undefined;
  const length = bytes.readUInt32LE(start);
  const end = body + length;
  if (length === 0 || length > MAX_RECORD_BYTES || end > bytes.length) return undefined;
  if (crc32(bytes.subarray(body, end)) !== bytes.readUInt32LE(start + 4)) return undefined;
  return { record: JSON.parse(bytes.toString('utf8', body, end)), end };
}
