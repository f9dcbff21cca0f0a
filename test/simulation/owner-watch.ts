import { decodeBusMessage } from '../../bus/messages.ts';
import { parseChannel } from '../../protocol/channels.ts';
import { partitionOfChannel } from '../../store/partitions.ts';

/** Sees every patch at the moment at which it is published, and who publishes it. */
export class OwnerWatch {
  readonly violations: string[] = [];
  readonly owners = new Set<string>();
  /** By partition and number. */
  readonly #publishers = new Map<string, string>();
  readonly #highest = new Map<number, number>();
  readonly #partitions: number;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  see(name: string, bytes: Uint8Array): void {
    const message = decodeBusMessage(bytes);
    if (message.type !== 'patch') return;
    const channel = parseChannel(message.channel);
    if (channel === undefined) throw new Error(`${message.channel} is no channel`);
    const partition = partitionOfChannel(channel, this.#partitions);
    const { fence } = message;
    const key = `partition ${partition} under ${fence}`;
    const publisher = this.#publishers.get(key) ?? name;
    if (publisher !== name) this.violations.push(`${publisher} and ${name} both published in ${key}`);
    this.#publishers.set(key, publisher);
    const highest = this.#highest.get(partition) ?? 0;
    if (fence < highest) this.violations.push(`${name} published in ${key} after ${highest}`);
    this.#highest.set(partition, Math.max(fence, highest));
    this.owners.add(name);
  }
}
