import type { Rejection } from '../../protocol/frames.ts';
import type { Identity } from '../auth/identity.ts';

/** What became of one publish. Every event of it is in exactly one of the counts. */
export type PublishVerdict =
  | {
      readonly ok: true;
      readonly applied: number;
      readonly duplicates: number;
      readonly rejected: readonly Rejection[];
    }
  /** Nothing was accepted. */
  | {
      readonly ok: false;
      readonly code: 'too_large' | 'rate_limited' | 'unavailable';
      readonly message: string;
      readonly retryAfterMs?: number;
    };

/** Events in: validate, permit, split into parts per partition, batch, apply. Never rejects. */
export interface Ingest {
  /** Each event is checked here; `identity` decides event by event. Events of one caller are applied in call order. */
  publish(events: readonly unknown[], identity: Identity): Promise<PublishVerdict>;
}
