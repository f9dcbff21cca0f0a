import type { FrameHead, GatewaySocket } from './socket-types.ts';

type Member = Pick<GatewaySocket, 'send'>;

/** The library's topics are for sockets only; these are the same for streams of events. */
export class TopicStreams {
  readonly #topics = new Map<string, Set<Member>>();

  join(topic: string, stream: Member): void {
    const members = this.#topics.get(topic);
    if (members === undefined) this.#topics.set(topic, new Set([stream]));
    else members.add(stream);
  }

  leave(topic: string, stream: Member): void {
    const members = this.#topics.get(topic);
    if (members?.delete(stream) === true && members.size === 0) this.#topics.delete(topic);
  }

  count(topic: string): number {
    return this.#topics.get(topic)?.size ?? 0;
  }

  publish(topic: string, wire: string, head: FrameHead): void {
    for (const stream of this.#topics.get(topic) ?? []) stream.send(wire, head);
  }
}
