import { describe, expect, it } from 'vitest';
import type { PatchMessage, ViewMessage } from '../../bus/messages.ts';
import { CODECS } from '../../protocol/codec.ts';
import { DEFAULT_GATEWAY_TUNING } from './gateway-options.ts';
import { WatchedChannel } from './watched-channel.ts';

const NAME = 'board:chess';
const BASE = { channel: NAME, fence: 1, epoch: 'e', at: 1 } as const;
const VIEW: ViewMessage = { type: 'view', ...BASE, seq: 1, kind: 'rows', state: [['ada', 1]] };
const PATCH: PatchMessage = { type: 'patch', ...BASE, seq: 2, patch: [[0, 1, ['ada', 2]]] };

function openChannel(): WatchedChannel {
  const channel = new WatchedChannel(NAME, { type: 'board', board: 'chess' }, 0, {
    createdAt: 0,
    pendingMessages: 10,
    recentUse: { bytes: 0 },
    recentLimits: DEFAULT_GATEWAY_TUNING,
  });
  channel.view.receive(VIEW);
  return channel;
}

/** Tells what is pending, as a flush does. */
function tell(channel: WatchedChannel, message: PatchMessage): void {
  channel.pending.push(message);
  for (const { base, update } of channel.takePending()) channel.recent.push(base, update, 10);
}

describe('a watched channel', () => {
  it('encodes its snapshot once while its position stands', () => {
    const channel = openChannel();
    const first = channel.snapshotBody('msgpack');
    expect(channel.snapshotBody('msgpack')).toBe(first);
    expect(CODECS.json.decode(channel.snapshotBody('json') as string)).toEqual(
      CODECS.msgpack.decode(first as Uint8Array),
    );
    tell(channel, PATCH);
    const second = channel.snapshotBody('msgpack');
    expect(second).not.toBe(first);
    expect(CODECS.msgpack.decode(second as Uint8Array)).toMatchObject({ seq: 2, state: [['ada', 2]] });
  });

  it('encodes a recovery once for all who come back from the same position', () => {
    const channel = openChannel();
    tell(channel, PATCH);
    const since = { epoch: 'e', seq: 1 };
    const first = channel.recoveryBody('msgpack', since);
    expect(channel.recoveryBody('msgpack', { ...since })).toBe(first);
    expect(CODECS.msgpack.decode(first as Uint8Array)).toMatchObject({
      recovered: true,
      patches: [{ seq: 2 }],
    });
    const other = channel.recoveryBody('msgpack', { epoch: 'e', seq: 2 });
    expect(CODECS.msgpack.decode(other as Uint8Array)).toMatchObject({ patches: [] });
    expect(channel.recoveryBody('msgpack', { epoch: 'e', seq: 0 })).toBeUndefined();
  });

  it('does not change what is told before the flush', () => {
    const channel = openChannel();
    channel.pending.push(PATCH);
    expect(channel.view.view?.seq).toBe(1);
  });
});
