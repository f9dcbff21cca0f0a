import type { ChannelHub } from './channel-hub.ts';
import type { GatewayOptions } from './gateway-options.ts';

/** One object for all connections, as each has little of its own. */
export interface SharedBySubscriptions {
  readonly hub: ChannelHub;
  readonly defer: (action: () => void) => void;
  readonly options: Pick<GatewayOptions, 'limits' | 'tuning'>;
}

export interface SubscriptionsOwner {
  /** The reply queue is over its limit: the connection must be closed. */
  overflown(): void;
}
