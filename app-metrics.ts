import type { MessageBus } from './bus/message-bus.ts';
import type { Metrics } from './runtime/metrics.ts';
import type { HandlerFailures } from './scoring/handler-failures.ts';
import type { ScoreStore } from './store/score-store.ts';

interface Shared {
  readonly store: Pick<ScoreStore, 'state' | 'writeRefusal'>;
  readonly bus: Pick<MessageBus, 'state'>;
  readonly failures: Pick<HandlerFailures, 'counts'>;
}

/** What a process of any role tells of the parts that all roles have. */
export function addSharedMetrics(metrics: Metrics, shared: Shared): void {
  metrics.add<Shared>({
    read: () => shared,
    metrics: {
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
      scorewire_bus_up: {
        kind: 'gauge',
        help: '1 while the message bus can be reached',
        value: ({ bus }) => Number(bus.state === 'up'),
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
