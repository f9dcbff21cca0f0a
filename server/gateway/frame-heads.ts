import type { ServerFrame } from '../../protocol/frames.ts';
import type { FrameHead } from '../transport/socket-types.ts';
import type { WatchedChannel } from './watched-channel.ts';

/** Little of the frame, since it may have to wait. */
export function replyHead(frame: ServerFrame): FrameHead {
  return frame.type === 'bye' ? frame : { type: frame.type };
}

export function stateHead(type: 'subscribed' | 'snapshot', { name, position }: WatchedChannel): FrameHead {
  return { type, channel: name, epoch: position.epoch, seq: position.seq };
}
