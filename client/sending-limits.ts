import type { AnnouncedLimits } from '../protocol/frames.ts';

/** Bounds of one producer on one connection. A frame is small enough that an early one need not wait long for a late event. */
export const SENDING_LIMITS = {
  frameEvents: 512,
  frameBytes: 256 * 1024,
  /** Frames without an answer. */
  frames: 16,
  /** Events in frames without an answer. */
  events: 8192,
} as const;

/** What a publish frame has besides its events. */
const ENVELOPE_BYTES = 256;

export interface SendingLimits {
  readonly frameEvents: number;
  readonly frameBytes: number;
  readonly frames: number;
  readonly events: number;
  /** 0: no limit. */
  readonly framesPerSecond: number;
}

/** Ours and those of the server, whichever are narrower. 0, or nothing, is no limit of the server. */
export function sendingLimits(announced: Partial<AnnouncedLimits> = {}): SendingLimits {
  const narrower = (ours: number, theirs: number | undefined) => Math.min(ours, theirs || ours);
  return {
    frameEvents: narrower(SENDING_LIMITS.frameEvents, announced.eventsPerPublish),
    frameBytes: narrower(SENDING_LIMITS.frameBytes, announced.frameBytes) - ENVELOPE_BYTES,
    frames: SENDING_LIMITS.frames,
    events: narrower(SENDING_LIMITS.events, announced.unackedEventsPerConnection),
    framesPerSecond: announced.publishesPerSecond ?? 0,
  };
}
