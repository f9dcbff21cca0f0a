import type { MessageBus } from '../bus/message-bus.ts';
import { type BusMessage, decodeBusMessage } from '../bus/messages.ts';
import type { Logger } from '../runtime/logger.ts';

/** Subscribes to a topic; what can't be read is logged and left out. The result ends it. */
export function hearMessages(
  { bus, logger }: { readonly bus: Pick<MessageBus, 'subscribe'>; readonly logger: Logger },
  topic: string,
  handler: (message: BusMessage) => void,
): () => void {
  const subscription = bus.subscribe(topic, (bytes) => {
    let message: BusMessage;
    try {
      message = decodeBusMessage(bytes);
    } catch (error) {
      logger.warn({ err: error, topic }, 'a message could not be read');
      return;
    }
    handler(message);
  });
  return () => subscription.unsubscribe();
}
