import type { Subscription } from './subscription.ts';

/** Above this a search through them takes longer than in a map. */
const MAX_SEARCHED = 8;

/** The subscriptions of a connection by channel: mostly one or a few, for which a map takes more memory than all else. In order of their beginning. */
export class SubscriptionList {
  #few: Subscription[] | undefined;
  #many: Map<string, Subscription> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#few?.length ?? 0;
  }

  get(channel: string): Subscription | undefined {
    if (this.#many !== undefined) return this.#many.get(channel);
    return this.#few?.find((subscription) => subscription.channel.name === channel);
  }

  /** There is none of this channel. */
  add(subscription: Subscription): void {
    if (this.#many !== undefined) {
      this.#many.set(subscription.channel.name, subscription);
    } else if (this.#few === undefined) {
      // A list that is not empty at first gets no room for more.
      this.#few = [subscription];
    } else {
      this.#few.push(subscription);
      if (this.#few.length <= MAX_SEARCHED) return;
      this.#many = new Map(this.#few.map((each) => [each.channel.name, each]));
      this.#few = undefined;
    }
  }

  delete(channel: string): void {
    this.#many?.delete(channel);
    const few = this.#few?.filter((subscription) => subscription.channel.name !== channel);
    this.#few = few?.length === 0 ? undefined : few;
  }

  clear(): void {
    this.#few = undefined;
    this.#many = undefined;
  }

  /** As they are now. */
  all(): readonly Subscription[] {
    return this.#many === undefined ? (this.#few ?? NONE) : [...this.#many.values()];
  }
}

const NONE: readonly Subscription[] = [];
