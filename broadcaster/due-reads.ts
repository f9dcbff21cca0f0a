/**
 * Which watched channels a tick must read, each with the acceptance time of the oldest change that is known to be in
 * it. A mark stays until a read has succeeded, whatever fails in between; the longest marked are read first.
 */
export class DueReads {
  readonly #sinceByChannel = new Map<string, number>();

  /** Without `since`, something may have changed, but no change is known. */
  mark(channel: string, since = Number.POSITIVE_INFINITY): void {
    const known = this.#sinceByChannel.get(channel);
    if (known === undefined || since < known) this.#sinceByChannel.set(channel, since);
  }

  settle(channel: string): void {
    this.#sinceByChannel.delete(channel);
  }

  /** Takes the mark away; gives the acceptance time that it had, infinite where no change is known. */
  take(channel: string): number {
    const since = this.#sinceByChannel.get(channel) ?? Number.POSITIVE_INFINITY;
    this.settle(channel);
    return since;
  }

  /** When the oldest change in the channel was accepted; `otherwise` where no change is known. */
  sinceOf(channel: string, otherwise: number): number {
    const since = this.#sinceByChannel.get(channel);
    return since === undefined || since === Number.POSITIVE_INFINITY ? otherwise : since;
  }

  channels(): Iterable<string> {
    return this.#sinceByChannel.keys();
  }

  clear(): void {
    this.#sinceByChannel.clear();
  }
}
