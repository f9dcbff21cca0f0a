import { decodeBusMessage, TOPICS } from '../../bus/messages.ts';
import { createNatsBus } from '../../bus/nats-bus.ts';
import { parseChannel } from '../../protocol/channels.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { partitionOfChannel } from '../../store/partitions.ts';
import { DEFAULT_STORE_OPTIONS } from '../../store/score-store.ts';

/** Listens to all that owners publish of some channels, and notes whoever speaks after a higher number was heard, or under the number of another. */
export async function watchFences(natsUrl: string, channels: readonly string[]) {
  const bus = createNatsBus({ url: [natsUrl], logger: silentLogger, name: 'fences' });
  await bus.start();
  const violations: string[] = [];
  const highest = new Map<number, number>();
  const epochs = new Map<string, string>();
  const hear = (partition: number, fence: number, what: string, epoch?: string): void => {
    const known = highest.get(partition) ?? 0;
    if (fence < known) violations.push(`${what} of partition ${partition} under ${fence} after ${known}`);
    highest.set(partition, Math.max(known, fence));
    if (epoch === undefined) return;
    const key = `${partition} ${fence}`;
    if ((epochs.get(key) ?? epoch) !== epoch) violations.push(`two owners of ${key}: ${epoch}`);
    epochs.set(key, epoch);
  };
  bus.subscribe(TOPICS.owners, (bytes) => {
    const message = decodeBusMessage(bytes);
    if (message.type !== 'heartbeat') return;
    for (const [partition, fence] of message.leases)
      hear(partition, fence, `a heartbeat of ${message.owner}`);
  });
  for (const name of channels) {
    const channel = parseChannel(name);
    if (channel === undefined) throw new Error(`${name} is no channel`);
    const partition = partitionOfChannel(channel, DEFAULT_STORE_OPTIONS.partitions);
    bus.subscribe(TOPICS.channel(name), (bytes) => {
      const message = decodeBusMessage(bytes);
      if (message.type === 'patch') hear(partition, message.fence, `a patch of ${name}`, message.epoch);
    });
  }
  return { violations, stop: () => bus.stop() };
}
