import { describe, expect, it } from 'vitest';
import { CODECS } from '../../protocol/codec.ts';
import type { ServerFrame } from '../../protocol/frames.ts';
import { DecodedFrames } from './decoded-frames.ts';
import { Follower } from './follower.ts';
import { SharedStates } from './shared-states.ts';

const CHANNEL = 'board:b';

const subscribed = (state: readonly (readonly [string, number])[] = [['ann', 1]]): ServerFrame =>
  ({ type: 'subscribed', id: 1, channel: CHANNEL, kind: 'rows', epoch: 'e', seq: 4, state }) as ServerFrame;
const update = (seq: number, score: number, more: object = {}): ServerFrame =>
  ({
    ...{ type: 'update', channel: CHANNEL, seq, at: 0, patch: [[0, 1, ['ann', score]]] },
    ...more,
  }) as unknown as ServerFrame;

/** What a viewer that gets these frames tells, and holds in the end. */
function follow(...frames: ServerFrame[]): { problems: string[]; follower: Follower } {
  return followWith(new SharedStates(), frames);
}

function followWith(
  shared: SharedStates,
  frames: readonly ServerFrame[],
): { problems: string[]; follower: Follower } {
  const problems: string[] = [];
  const follower = new Follower(shared, (problem) => problems.push(problem));
  for (const frame of frames) follower.receive(frame);
  return { problems, follower };
}

describe('a viewer', () => {
  it('follows updates that continue each other, over a change of the owner too', () => {
    const frames = [
      subscribed(),
      update(5, 2),
      update(9, 3, { from: 5 }),
      update(1, 4, { epoch: 'f', from: 9 }),
    ];
    const { problems, follower } = follow(...frames);
    expect(problems).toEqual([]);
    expect(follower.view(CHANNEL)).toEqual({ kind: 'rows', epoch: 'f', seq: 1, state: [['ann', 4]] });
  });

  it.each([
    ['an update that leaves one out', [subscribed(), update(6, 3)], 'continues 5, where 4 was sent'],
    ['an update that comes twice', [subscribed(), update(5, 2), update(5, 2)], 'continues 4, where 5'],
    ['an update that leads back', [subscribed(), update(3, 2, { from: 4 })], 'from 4 back to 3'],
    ['an update before the answer', [update(5, 2)], 'before it was subscribed to'],
    ['an epoch without a beginning', [subscribed(), update(5, 2, { epoch: 'f' })], 'comes without "from"'],
    [
      'an epoch that is the old one',
      [subscribed(), update(5, 2, { epoch: 'e', from: 4 })],
      'does not change',
    ],
    [
      'a patch that does not fit',
      [subscribed(), update(5, 2, { patch: [[0, 2]] })],
      'deletes more rows than there are',
    ],
    [
      'an error',
      [{ type: 'error', id: 1, code: 'forbidden', message: 'no' } as ServerFrame],
      'forbidden: no',
    ],
  ])('tells of %s', (_, frames, problem) => {
    expect(follow(...frames).problems.join()).toContain(problem);
  });

  it('goes on from its position after a reconnection, with the patches that it missed', () => {
    const { follower, problems } = follow(subscribed());
    follower.disconnected();
    expect(follower.joined).toBe(0);
    expect(follower.position(CHANNEL)).toEqual({ epoch: 'e', seq: 4 });
    const patches = [{ seq: 5, at: 0, patch: [[0, 1, ['ann', 2]]] }];
    const recovered = {
      type: 'subscribed',
      id: 1,
      channel: CHANNEL,
      kind: 'rows',
      epoch: 'e',
      recovered: true,
    };
    follower.receive({ ...recovered, seq: 5, patches } as unknown as ServerFrame);
    expect(problems).toEqual([]);
    expect(follower.view(CHANNEL)?.state).toEqual([['ann', 2]]);
    follower.disconnected();
    follower.receive({ ...recovered, seq: 7, patches: [] } as unknown as ServerFrame);
    expect(problems.join()).toContain('told of position 7, and the patches lead to 5');
  });

  it('is told apart from others that were sent another state for the same position', () => {
    const shared = new SharedStates();
    expect(followWith(shared, [subscribed(), update(5, 2)]).problems).toEqual([]);
    expect(followWith(shared, [subscribed(), update(5, 3)]).problems).toEqual([
      `${CHANNEL}: two states at position 5 of one epoch`,
    ]);
  });

  it('holds the very state that others hold at its position', () => {
    const shared = new SharedStates();
    const step = update(5, 2);
    const one = followWith(shared, [subscribed(), step]).follower.view(CHANNEL);
    const other = followWith(shared, [subscribed(), step]).follower.view(CHANNEL);
    const late = followWith(shared, [{ ...subscribed([['ann', 2]]), seq: 5 } as ServerFrame]).follower;
    expect(other).toBe(one);
    expect(late.view(CHANNEL)).toBe(one);
  });
});

describe('frames', () => {
  it.each(['json', 'msgpack'] as const)('of the same bytes are decoded once, in %s', (encoding) => {
    const frames = new DecodedFrames(encoding);
    const bytes = (frame: ServerFrame) => Buffer.from(CODECS[encoding].encode(frame) as Uint8Array);
    const first = frames.decode(bytes(update(5, 2)));
    expect(first).toEqual(update(5, 2));
    expect(frames.decode(bytes(update(5, 2)))).toBe(first);
    expect(frames.decode(bytes(update(6, 2)))).not.toBe(first);
    expect(frames.decoded).toBe(2);
  });

  it('that cannot be decoded are refused', () => {
    expect(() => new DecodedFrames('json').decode(Buffer.from('{"type":"upd'))).toThrow('not valid JSON');
  });
});
