import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Subscription } from './subscription.ts';
import { SubscriptionList } from './subscription-list.ts';

test('a list of subscriptions finds what a map would, in the same order, few or many', () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 24 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const list = new SubscriptionList();
      const model = new Map<string, Subscription>();
      for (const [adds, number] of steps) {
        const name = `board:${number}`;
        if (!adds) {
          list.delete(name);
          model.delete(name);
        } else if (!model.has(name)) {
          const subscription = { channel: { name } } as Subscription;
          list.add(subscription);
          model.set(name, subscription);
        }
        expect(list.get(name)).toBe(model.get(name));
        expect([list.size, list.all()]).toEqual([model.size, [...model.values()]]);
      }
      list.clear();
      expect([list.size, list.all()]).toEqual([0, []]);
    }),
  );
});

test('what is ended while all are gone through is still gone through', () => {
  const list = new SubscriptionList();
  for (const name of ['a', 'b', 'c']) list.add({ channel: { name } } as Subscription);
  const seen: string[] = [];
  for (const { channel } of list.all()) {
    seen.push(channel.name);
    list.delete(channel.name);
  }
  expect([seen, list.size]).toEqual([['a', 'b', 'c'], 0]);
});
