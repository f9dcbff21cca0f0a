/**
 * Where history lives: durable, and made for questions. The archive keeps the steps of each partition's log as rows, and up to which
 * position it has them.
 *
 * What an archive must ensure
 * - Atomic: rows and the position that they lead to change together, or not at all.
 * - Compared: each change names the position that it goes on from, and nothing changes where that is another one. So nobody doubles
 *   what another archiver has written, whatever was in doubt when a connection broke.
 * - Alone: at most one archiver has it open, so that work is not done twice; that nothing is doubled does not depend on it.
 */
import { OperatingError } from '../runtime/errors.ts';
import type { ArchivedRow } from './rows.ts';

/** What is archived of a partition. */
export interface Reached {
  /** Of the end of the last step; 0: nothing yet. */
  readonly position: number;
  /** Unix milliseconds at which that step was accepted, by which it is recognised; `undefined` where that is not known. */
  readonly at: number | undefined;
}

/** Rows that go on from where the archive is. */
export interface Addition {
  readonly partition: number;
  readonly after: number;
  readonly reached: Reached;
  readonly rows: readonly ArchivedRow[];
}

/** A change of what is archived of a partition, by another way than rows. */
export interface Correction {
  readonly partition: number;
  readonly after: number;
  readonly reached: Reached;
}

/** Methods reject with `ArchiveError`; then the archive has to be opened again, since what became of the change is in doubt. */
export interface Archive {
  /** What is archived of each partition, and the right to change it; `undefined` while another archiver has that. */
  open(partitions: number): Promise<readonly Reached[] | undefined>;
  /** Proves that the right is still ours, and keeps it: who does not call for a while loses it. */
  confirm(): Promise<void>;
  /** Gives the bytes of each, as they were sent. */
  append(additions: readonly Addition[]): Promise<readonly number[]>;
  /** What lies between can't be archived any more. Kept as a row of its own. */
  skip(gap: Correction): Promise<void>;
  /** What comes after a position is not in the store any more: it is put aside. Gives how many rows that were. */
  putAside(loss: Correction): Promise<number>;
  /** The ends of archived steps, from a position downwards, at most `limit`. */
  readSteps(partition: number, from: number, limit: number): Promise<readonly (Reached & { at: number })[]>;
  /** Gives the right back. Idempotent; whatever was open can be opened again. */
  close(): Promise<void>;
}

/** The archive can't be reached, refuses, or was changed by somebody else. */
export class ArchiveError extends OperatingError {}
