import type { WatchMessage } from '../bus/messages.ts';
import { parseChannel } from '../protocol/channels.ts';
import type { Clock } from '../runtime/clock.ts';
import { partitionOfChannel } from '../store/partitions.ts';
import type { GatewayInboxes } from './gateway-inboxes.ts';
import type { PublishedViews } from './published-views.ts';
import type { Terms } from './terms.ts';
import type { ViewCreations } from './view-creations.ts';

interface WatchDeskDeps {
  readonly clock: Clock;
  readonly terms: Terms;
  readonly views: PublishedViews;
  readonly creations: ViewCreations;
  readonly inboxes: GatewayInboxes;
}

/**
 * Hears what gateways watch. Each mention keeps the interest in a channel alive; where a gateway's position is not the published
 * one it is sent the view, and a channel that nobody watched yet is read first.
 */
export class WatchDesk {
  readonly #deps: WatchDeskDeps;
  readonly #partitionCount: number;

  constructor(deps: WatchDeskDeps, options: { readonly partitionCount: number }) {
    this.#deps = deps;
    this.#partitionCount = options.partitionCount;
  }

  receive(partition: number, { gateway, channels }: WatchMessage): void {
    const { clock, terms, views, inboxes } = this.#deps;
    const term = terms.get(partition);
    if (term === undefined) return;
    const now = clock.now();
    for (const [name, epoch, seq] of channels) {
      const view = views.get(name);
      if (view === undefined) {
        this.#begin(name, partition, gateway, now);
        continue;
      }
      view.interestAt = now;
      if (view.phase === 'pending') view.waiting.add(gateway);
      else if (epoch !== term.epoch || seq !== view.seq) inboxes.sendView([gateway], view);
    }
  }

  #begin(name: string, partition: number, gateway: string, now: number): void {
    const { views, creations, inboxes } = this.#deps;
    const channel = parseChannel(name);
    if (channel === undefined || partitionOfChannel(channel, this.#partitionCount) !== partition) {
      inboxes.refuse([gateway], partition, name, 'not_found', 'The channel name is not well-formed.');
      return;
    }
    const pending = views.reserve(name, channel, partition, now);
    if (pending === undefined) {
      const message = 'The owner watches as many channels as it may.';
      inboxes.refuse([gateway], partition, name, 'unavailable', message);
      return;
    }
    pending.waiting.add(gateway);
    creations.request(pending);
  }
}
