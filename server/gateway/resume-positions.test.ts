import { describe, expect, it } from 'vitest';
import { ResumePositions } from './resume-positions.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `board:b${i}`);
const update = (channel: string, seq: number, epoch?: string) =>
  ({ type: 'update', channel, seq, ...(epoch === undefined ? {} : { epoch }) }) as const;

function idOf(positions: ResumePositions, ...heads: Parameters<ResumePositions['idAfter']>[0][]): string {
  return heads.map((head) => positions.idAfter(head)).at(-1) ?? '';
}

describe('positions to resume from', () => {
  it('come back as they were told, each channel at its own, whatever its epoch is called', () => {
    const channels = ['board:a', 'player:x:ö;,.', 'board:c'];
    const id = idOf(
      new ResumePositions(channels, ''),
      update('board:a', 0, '3-ab'),
      update('player:x:ö;,.', Number.MAX_SAFE_INTEGER, 'a;b,c.d ö%\n'),
      update('board:c', 7, '3-ab'),
    );
    expect(id).toMatch(/^[!-~]+$/);
    const back = new ResumePositions(channels, id);
    expect(channels.map((channel) => back.of(channel))).toEqual([
      { epoch: '3-ab', seq: 0 },
      { epoch: 'a;b,c.d ö%\n', seq: Number.MAX_SAFE_INTEGER },
      { epoch: '3-ab', seq: 7 },
    ]);
  });

  it('keep the epoch where a frame has none, and stay where a frame has no position', () => {
    const channels = names(1);
    const positions = new ResumePositions(channels, '');
    positions.idAfter(update('board:b0', 5, 'e'));
    const id = positions.idAfter(update('board:b0', 6)) ?? '';
    expect(new ResumePositions(channels, id).of('board:b0')).toEqual({ epoch: 'e', seq: 6 });
    expect(positions.idAfter({ type: 'status' })).toBeUndefined();
    expect(positions.idAfter(update('board:other', 6, 'e'))).toBeUndefined();
  });

  it('stand in the next id too, until the channel is told something', () => {
    const channels = names(2);
    const first = idOf(
      new ResumePositions(channels, ''),
      update('board:b0', 1, 'e'),
      update('board:b1', 2, 'e'),
    );
    const second = idOf(new ResumePositions(channels, first), update('board:b0', 3));
    const third = new ResumePositions(channels, second);
    expect([third.of('board:b0'), third.of('board:b1')]).toEqual([
      { epoch: 'e', seq: 3 },
      { epoch: 'e', seq: 2 },
    ]);
  });

  it('are those of the 64 channels that were told last, so that an id stays short', () => {
    const channels = names(256);
    const positions = new ResumePositions(channels, '');
    const heads = channels.map((channel) => update(channel, 2 ** 40, 'x'.repeat(64)));
    const id = idOf(positions, ...heads, update('board:b0', 2 ** 40 + 1));
    expect(id.length).toBeLessThan(1024);
    const back = new ResumePositions(channels, id);
    const kept = channels.filter((channel) => back.of(channel) !== undefined);
    expect(kept).toEqual(
      ['board:b0', ...channels.slice(-63)].toSorted((a, b) => channels.indexOf(a) - channels.indexOf(b)),
    );
    // Whatever the epochs are, an id that was given is taken back.
    const many = names(100);
    const long = idOf(
      new ResumePositions(many, ''),
      ...many.map((name, i) => update(name, i, `${i}-${'y'.repeat(60)}`)),
    );
    expect(new ResumePositions(many, long).of('board:b99')).toBeDefined();
  });

  const channels = names(2);
  const good = idOf(
    new ResumePositions(channels, ''),
    update('board:b0', 1, 'e'),
    update('board:b1', 2, 'e'),
  );
  it.each([
    ['of other channels', names(3), good],
    ['of the same ones in another order', channels.toReversed(), good],
    ['that is empty', channels, ''],
    ['that is somebody else’s', channels, 'abc;e,0.1'],
    ['with a place beyond the channels', channels, `${good},2.1`],
    ['with an unsafe number', channels, `${good},0.zzzzzzzzzzz`],
    ['with something after it', channels, `${good},x`],
    ['with an epoch that can not be read', channels, `${good};%e0,0.1`],
    ['that is endless', channels, good + ',0.1'.repeat(5000)],
  ])('say nothing by an id %s', (_what, asked, id) => {
    const positions = new ResumePositions(asked, id);
    expect(asked.map((channel) => positions.of(channel))).toEqual(asked.map(() => undefined));
  });
});
