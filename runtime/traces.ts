import { createHash } from 'node:crypto';
import type { Service } from './lifecycle.ts';

/** What may be told of a stage, without names of members or anything secret. */
export type TraceAttributes = Readonly<Record<string, string | number>>;

/** One stage of the way of a change. Times are Unix milliseconds, with fractions. */
export interface TraceStage {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attributes?: TraceAttributes;
  /** Of the first stage, which all others are under. */
  readonly isRoot?: boolean;
}

/**
 * Traces of changes over all processes of an installation. Nothing travels with a change for it: a trace is known by what changed, and when that was
 * accepted, which every stage knows. Whether it is recorded follows from the same, so all stages of one are, or none.
 */
export interface Traces extends Service {
  /** Cheap: to be asked before anything is made for a stage. */
  isRecorded(subject: string, acceptedAt: number): boolean;
  record(subject: string, acceptedAt: number, stage: TraceStage): void;
}

export interface TraceIds {
  readonly traceId: string;
  readonly rootId: string;
}

export function traceIdsOf(subject: string, acceptedAt: number): TraceIds {
  const hash = createHash('sha256').update(`${subject}\0${acceptedAt}`).digest('hex');
  return { traceId: hash.slice(0, 32), rootId: hash.slice(32, 48) };
}

const FULL = 2 ** 32;

/** FNV-1a over the subject and the time, mixed once more: few instructions for each change that is looked at. */
export function isSampled(subject: string, acceptedAt: number, ratio: number): boolean {
  if (ratio >= 1) return true;
  let hash = 0x811c9dc5;
  for (let i = 0; i < subject.length; i++) hash = Math.imul(hash ^ subject.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (acceptedAt % FULL), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return (hash >>> 0) / FULL < ratio;
}

/** Unix milliseconds with fractions. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
