import type { BusCounts } from './bus/counted-bus.ts';
import type { MessageBus } from './bus/message-bus.ts';
import type { Metrics } from './runtime/metrics.ts';
import type { HandlerFailures } from './scoring/handler-failures.ts';
import type { ScriptTimes } from './store/redis/script-times.ts';
import type { ScoreStore } from './store/score-store.ts';

/** How often something that a process depends on went away. */
export class Outages {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  watch(part: Pick<ScoreStore, 'onState'>): void {
    part.onState((state) => {
      if (state === 'down') this.#count++;
    });
  }
}

export interface SharedParts {
  readonly store: Pick<ScoreStore, 'partitions' | 'state' | 'writeRefusal'>;
  readonly bus: Pick<MessageBus, 'state'>;
  readonly storeOutages: Outages;
  readonly busOutages: Outages;
  readonly busCounts: BusCounts;
  readonly scriptTimes: ScriptTimes;
  readonly failures: Pick<HandlerFailures, 'counts'>;
}

/** What a process of any role tells of the parts that all roles have. */
export function addSharedMetrics(metrics: Pick<Metrics, 'add'>, shared: SharedParts): void {
  metrics.add<SharedParts>({
    read: () => shared,
    metrics: {
      scorewire_partitions: {
        kind: 'gauge',
        help: 'Partitions that the store is laid out for',
        value: ({ store }) => store.partitions,
      },
      scorewire_store_up: {
        kind: 'gauge',
        help: '1 while the score store can be reached',
        value: ({ store }) => Number(store.state === 'up'),
      },
      scorewire_store_writable: {
        kind: 'gauge',
        help: '0 from a write that the score store refused until it takes one',
        value: ({ store }) => Number(store.state === 'up' && store.writeRefusal === undefined),
      },
      scorewire_store_outages_total: {
        kind: 'counter',
        help: 'How often the score store could not be reached any more',
        value: ({ storeOutages }) => storeOutages.count,
      },
      scorewire_redis_script_seconds: {
        kind: 'histogram',
        help: 'From sending a script to Redis to its answer, or its failure',
        labels: ['script'],
        value: ({ scriptTimes }) =>
          [...scriptTimes.seconds].map(([script, seconds]) => [{ script }, seconds] as const),
      },
      scorewire_bus_up: {
        kind: 'gauge',
        help: '1 while the message bus can be reached',
        value: ({ bus }) => Number(bus.state === 'up'),
      },
      scorewire_bus_outages_total: {
        kind: 'counter',
        help: 'How often the message bus could not be reached any more',
        value: ({ busOutages }) => busOutages.count,
      },
      scorewire_bus_messages_total: {
        kind: 'counter',
        help: 'Messages that were published on the bus, and that were received',
        labels: ['direction'],
        value: ({ busCounts }) => [
          [{ direction: 'out' }, busCounts.published],
          [{ direction: 'in' }, busCounts.received],
        ],
      },
      scorewire_bus_bytes_total: {
        kind: 'counter',
        help: 'Their bytes',
        labels: ['direction'],
        value: ({ busCounts }) => [
          [{ direction: 'out' }, busCounts.publishedBytes],
          [{ direction: 'in' }, busCounts.receivedBytes],
        ],
      },
      scorewire_bus_dropped_messages_total: {
        kind: 'counter',
        help: 'Messages that were published and not sent, since the bus was away or read too slowly',
        value: ({ busCounts }) => busCounts.dropped,
      },
      scorewire_handler_failures_total: {
        kind: 'counter',
        help: 'Failures of scoring handlers, by handler',
        labels: ['handler'],
        value: ({ failures }) =>
          [...failures.counts].map(([handler, count]) => [{ handler }, count] as const),
      },
    },
  });
}
