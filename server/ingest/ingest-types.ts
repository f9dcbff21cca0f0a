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

/** What became of one publish of a producer. `seq` is the number of its last event that is settled. */
export type ProducerVerdict =
  | (Extract<PublishVerdict, { ok: true }> & { readonly seq: number })
  /** The publish is not settled, `unavailable` for it may be applied in part; it is to be sent again. */
  | Extract<PublishVerdict, { ok: false }>
  /** Frames did not continue each other, or an earlier one failed: the event with this number is wanted next. */
  | { readonly ok: false; readonly code: 'resend'; readonly message: string; readonly seq: number }
  /** Another connection has taken the producer over, or the store does not know it (any more). Nothing can be published with it. */
  | { readonly ok: false; readonly code: 'conflict'; readonly message: string };

/**
 * One producer on one connection. It is claimed by its first publish, which stops earlier connections that use it. Its batch is
 * settled in every partition before the next is submitted; what arrives meanwhile forms the next.
 */
export interface ProducerSession {
  /**
   * Never rejects. `undefined`: the frame is left out without an answer, since it follows one that was not accepted, and the
   * producer has been told to send again from the wanted number.
   */
  publish(seq: number, events: readonly unknown[], identity: Identity): Promise<ProducerVerdict | undefined>;
  /** A frame that begins with this number was refused before it came here, and is wanted where nothing was before it. */
  refused(seq: number): void;
  /** Nobody waits for answers any more. What was submitted still settles. */
  close(): void;
}

export type OnceVerdict =
  | PublishVerdict
  /** The key was used with another body. */
  | { readonly ok: false; readonly code: 'conflict'; readonly message: string };

/** Is told what became of a publish, once; must not throw. */
export type Settled = (verdict: PublishVerdict) => void;

/** Events in: validate, permit, expand into operations, split into parts per partition, batch, apply. Never rejects. */
export interface Ingest {
  /**
   * Each event is checked here; `identity` decides event by event. Events of one caller are applied in call order, also where some have to
   * wait for the settings of their products; who gives no caller is known by the identity.
   */
  publish(events: readonly unknown[], identity: Identity, caller?: object): Promise<PublishVerdict>;
  /** The same without a promise, for those who publish one event after the other. What is refused at once is told before this returns. */
  submit(events: readonly unknown[], identity: Identity, caller: object, settled: Settled): void;
  openProducer(producer: string): ProducerSession;
  /**
   * Applied exactly once per subject and key; the same again completes what was missing and repeats the verdicts. Also where it is
   * `unavailable`, which says that not everything is settled.
   */
  publishOnce(
    once: { readonly key: string; readonly bodyHash: string },
    events: readonly unknown[],
    identity: Identity,
  ): Promise<OnceVerdict>;
}
