/** Publishing to a scripted server: what was sent as numbers, and the answers to it. */
import type { Ack, PublishError, ScorewireEvent } from '../../client/index.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { AckFrame, PublishFrame } from '../../protocol/frames.ts';
import type { FakeServer } from './fake-server.ts';

export const event = (delta = 1): ScorewireEvent => ({ type: 'score', board: 'x', member: 'ann', delta });
export const events = (count: number): ScorewireEvent[] =>
  Array.from({ length: count }, (_, i) => event(i + 1));

/** A publish frame of a producer. */
export type NumberedFrame = Extract<PublishFrame, { readonly seq: number }>;

/** What the client has sent over its newest connection. */
export function publishes(server: FakeServer): NumberedFrame[] {
  return server.latest.all('publish').map((frame) => {
    if (!('seq' in frame)) throw new Error('a publish without a number');
    return frame;
  });
}

/** `[number of the first event, events]` of each frame. */
export function ranges(server: FakeServer): [number, number][] {
  return publishes(server).map((frame) => [frame.seq, frame.events.length]);
}

export function lastPublish(server: FakeServer): NumberedFrame {
  const frame = publishes(server).at(-1);
  if (!frame) throw new Error('the client has published nothing');
  return frame;
}

export function acknowledge(
  server: FakeServer,
  { id, seq, events: { length } }: NumberedFrame,
  ack: Partial<Omit<AckFrame, 'type' | 'id'>> = {},
): void {
  const { duplicates = 0, rejected = [] } = ack;
  server.latest.reply({
    type: 'ack',
    id,
    applied: length - duplicates - rejected.length,
    duplicates,
    rejected,
    seq: seq + length - 1,
    ...ack,
  });
}

export function refuse(
  server: FakeServer,
  { id }: NumberedFrame,
  code: ErrorCode,
  details: { readonly retryAfterMs?: number; readonly seq?: number } = {},
): void {
  server.latest.reply({ type: 'error', id, code, message: `told: ${code}`, ...details });
}

/** What a promise came to, or `pending`. */
export function watch(promise: Promise<Ack>): { outcome: Ack | PublishError | 'pending' } {
  const watched: { outcome: Ack | PublishError | 'pending' } = { outcome: 'pending' };
  promise.then(
    (ack) => {
      watched.outcome = ack;
    },
    (error: PublishError) => {
      watched.outcome = error;
    },
  );
  return watched;
}
