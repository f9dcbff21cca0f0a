import type { ChannelHub } from './channel-hub.ts';
import type { GatewayOptions } from './gateway-options.ts';

/** Shared by all connections, as each has little of its own. */
export type SubscriptionsOptions = Pick<GatewayOptions, 'limits' | 'tuning'>;

export interface SubscriptionsDeps {
  readonly hub: ChannelHub;
  readonly defer: (action: () => void) => void;
}

export interface SubscriptionsOwner {
  /** The reply queue is over its limit: the connection must be closed. */
  overflown(): void;
}
