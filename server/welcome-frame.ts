import type { WelcomeFrame } from '../protocol/frames.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';

/** What a client is told first. */
export function welcomeFrame(session: string, { node, limits, tuning }: GatewayOptions): WelcomeFrame {
  return {
    type: 'welcome',
    session,
    node,
    protocol: 1,
    pingIntervalMs: tuning.pingIntervalMs,
    limits: {
      frameBytes: limits.frameBytes,
      subscriptionsPerConnection: limits.subscriptionsPerConnection,
      backpressureBytes: limits.backpressureBytes,
      eventsPerPublish: limits.eventsPerPublish,
      unackedEventsPerConnection: limits.unackedEventsPerConnection,
      publishesPerSecond: limits.publishesPerSecond,
    },
  };
}
