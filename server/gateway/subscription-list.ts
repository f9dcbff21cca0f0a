import type { Subscription } from './subscription.ts';

/** The subscriptions of a connection, in order of their beginning: mostly one or a few, for which a map takes more memory than all else. */
export type SubscriptionList = readonly Subscription[] | Map<string, Subscription>;

/** With more than this a search through them takes longer than in a map. */
const SEARCHED = 8;

export const NO_SUBSCRIPTIONS: SubscriptionList = [];

export function countOf(list: SubscriptionList): number {
  return list instanceof Map ? list.size : list.length;
}

export function find(list: SubscriptionList, channel: string): Subscription | undefined {
  if (list instanceof Map) return list.get(channel);
  return list.find((subscription) => subscription.channel.name === channel);
}

/** There is none of this channel. A list that is a map stays the same one. */
export function withSubscription(list: SubscriptionList, subscription: Subscription): SubscriptionList {
  if (list instanceof Map) return list.set(subscription.channel.name, subscription);
  // The literal has room for one, a list that grows has room for many.
  const all = list.length === 0 ? [subscription] : [...list, subscription];
  return all.length <= SEARCHED ? all : new Map(all.map((each) => [each.channel.name, each]));
}

export function without(list: SubscriptionList, channel: string): SubscriptionList {
  if (!(list instanceof Map)) return list.filter((subscription) => subscription.channel.name !== channel);
  list.delete(channel);
  return list;
}

/** As they are now. */
export function all(list: SubscriptionList): readonly Subscription[] {
  return list instanceof Map ? [...list.values()] : list;
}
