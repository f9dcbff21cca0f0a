import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Subscription } from './subscription.ts';
import { all, countOf, find, NO_SUBSCRIPTIONS, without, withSubscription } from './subscription-list.ts';

test('a list of subscriptions finds what a map would, in the same order, few or many', () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 24 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let list = NO_SUBSCRIPTIONS;
      const model = new Map<string, Subscription>();
      for (const [adds, number] of steps) {
        const name = `board:${number}`;
        if (!adds) {
          list = without(list, name);
          model.delete(name);
        } else if (!model.has(name)) {
          const subscription = { channel: { name } } as Subscription;
          list = withSubscription(list, subscription);
          model.set(name, subscription);
        }
        expect(find(list, name)).toBe(model.get(name));
        expect([countOf(list), all(list)]).toEqual([model.size, [...model.values()]]);
      }
    }),
  );
});

test.each([3, 12])('of %i, what is ended while all are gone through is still gone through', (count) => {
  const names = Array.from({ length: count }, (_, i) => `board:${i}`);
  let list = NO_SUBSCRIPTIONS;
  for (const name of names) list = withSubscription(list, { channel: { name } } as Subscription);
  const seen: string[] = [];
  for (const { channel } of all(list)) {
    seen.push(channel.name);
    list = without(list, channel.name);
  }
  expect([seen, countOf(list)]).toEqual([names, 0]);
});
