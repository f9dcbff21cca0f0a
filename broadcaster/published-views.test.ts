import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChannel } from '../protocol/channels.ts';
import { type PendingView, type PublishedView, PublishedViews } from './published-views.ts';

const UNLIMITED = { watchedChannels: 1000 };

function reserve(views: PublishedViews, name: string, now = 0): PendingView {
  const channel = parseChannel(name);
  if (channel === undefined) throw new Error(`${name} is malformed`);
  const pending = views.reserve(name, channel, 0, now);
  if (pending === undefined) throw new Error('over the limit');
  return pending;
}

function publish(views: PublishedViews, name: string, now = 0): PublishedView {
  return views.publish(reserve(views, name, now), [], now);
}

describe('positions', () => {
  type Step = 'tick' | { readonly touch: number };
  const steps = fc.array(
    fc.oneof(
      fc.constant<Step>('tick'),
      fc.nat(3).map((touch): Step => ({ touch })),
    ),
    { maxLength: 60 },
  );

  test('no position of a channel is ever used twice, and a view moves on by at most one per tick', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(2), { maxLength: 60 }), (sequence, choices) => {
        const views = new PublishedViews(UNLIMITED);
        const used = new Set<string>();
        const changedInTick = new Set<string>();
        let choice = 0;
        const use = ({ name, seq }: PublishedView): void => {
          expect(used.has(`${name} ${seq}`)).toBe(false);
          used.add(`${name} ${seq}`);
        };
        for (const step of sequence) {
          if (step === 'tick') {
            views.beginTick();
            changedInTick.clear();
            continue;
          }
          const name = `board:b${step.touch}`;
          const view = views.get(name);
          if (view === undefined) {
            use(publish(views, name));
            // A tick patches only what it found published.
            changedInTick.add(name);
          } else if (view.phase === 'published' && (choices[choice++] ?? 0) > 0 && !changedInTick.has(name)) {
            const before = view.seq;
            views.advance(view, [], 0, 0);
            changedInTick.add(name);
            expect(view.seq).toBe(before + 1);
            use(view);
          } else {
            views.forget(view);
          }
        }
      }),
    );
  });

  test('a view that would pass the counter is a defect', () => {
    const views = new PublishedViews(UNLIMITED);
    const view = publish(views, 'board:b');
    expect(() => views.advance(view, [], 0, 0)).toThrow('would pass the counter');
  });
});

test('beyond the limit no channel is reserved, until another is forgotten', () => {
  const views = new PublishedViews({ watchedChannels: 2 });
  const first = publish(views, 'board:a');
  reserve(views, 'board:b');
  const channel = { type: 'board', board: 'c' } as const;
  expect(views.reserve('board:c', channel, 0, 0)).toBeUndefined();
  views.forget(first);
  expect(views.reserve('board:c', channel, 0, 0)).toBeDefined();
});

test('what nobody was interested in since then is forgotten; what is being read is not', () => {
  const views = new PublishedViews(UNLIMITED);
  publish(views, 'board:old', 10);
  publish(views, 'board:young', 11);
  reserve(views, 'board:pending', 1);
  views.expire(10);
  expect([...views.all()].map(({ name }) => name).sort()).toEqual(['board:pending', 'board:young']);
});

test('a board leads to its own channel, to its ranks and to its windows, and to none that is forgotten', () => {
  const views = new PublishedViews(UNLIMITED);
  const own = publish(views, 'board:b');
  publish(views, 'rank:b:ann');
  const daily = publish(views, 'board:b@daily');
  publish(views, 'board:bb');
  reserve(views, 'rank:b:x:y');
  expect([...views.ofBoard('board:b')].sort()).toEqual([
    'board:b',
    'board:b@daily',
    'rank:b:ann',
    'rank:b:x:y',
  ]);
  expect([...views.ofCurrentWindows()]).toEqual(['board:b@daily']);
  views.forget(own);
  views.forget(daily);
  expect([...views.ofBoard('board:b')].sort()).toEqual(['rank:b:ann', 'rank:b:x:y']);
  expect([...views.ofCurrentWindows()]).toEqual([]);
});

describe('the least recently read', () => {
  const names = (found: Iterable<PublishedView>): string[] => [...found].map(({ name }) => name);

  test('are all that are overdue, then the aged ones up to the share', () => {
    const views = new PublishedViews(UNLIMITED);
    for (const [i, name] of ['a', 'b', 'c', 'd', 'e'].entries()) publish(views, `board:${name}`, i * 10);
    expect(names(views.leastRecentlyRead(100, 90, 70, 0))).toEqual(['board:a', 'board:b']);
    expect(names(views.leastRecentlyRead(100, 90, 70, 3))).toEqual(['board:a', 'board:b', 'board:c']);
    expect(names(views.leastRecentlyRead(100, 90, 70, 5))).toHaveLength(4);
  });

  test('do not contain what was just read', () => {
    const views = new PublishedViews(UNLIMITED);
    const a = publish(views, 'board:a', 0);
    publish(views, 'board:b', 0);
    views.confirm(a, 100);
    expect(names(views.leastRecentlyRead(100, 90, 70, 5))).toEqual(['board:b']);
  });

  test('contain what was read in the future, before the clock was set back', () => {
    const views = new PublishedViews(UNLIMITED);
    publish(views, 'board:a', 5000);
    publish(views, 'board:b', 0);
    expect(names(views.leastRecentlyRead(100, 90, 70, 0))).toEqual(['board:a', 'board:b']);
  });
});
