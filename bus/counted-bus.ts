import type { MessageBus } from './message-bus.ts';

/** What one process has published and got over the bus since it was started. */
export class BusCounts {
  published = 0;
  publishedBytes = 0;
  received = 0;
  receivedBytes = 0;
  /** Of those published: not sent, since the bus was away, or read too slowly. */
  dropped = 0;
}

/** The same bus; what goes through it is counted. */
export function countedBus(bus: MessageBus, counts: BusCounts): MessageBus {
  return {
    start: () => bus.start(),
    stop: () => bus.stop(),
    get state() {
      return bus.state;
    },
    onState: (listener) => bus.onState(listener),
    publish: (topic, message) => {
      counts.published++;
      counts.publishedBytes += message.length;
      if (bus.state === 'down') counts.dropped++;
      bus.publish(topic, message);
    },
    subscribe: (topic, handler) =>
      bus.subscribe(topic, (message) => {
        counts.received++;
        counts.receivedBytes += message.length;
        handler(message);
      }),
  };
}
