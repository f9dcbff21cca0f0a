import type { PublishQueue, QueueContents, QueuedEvent } from '../../client/index.ts';

/** A queue that outlives its clients in memory, and fails when it is told to. */
export class MemoryQueue implements PublishQueue {
  contents: QueueContents | undefined;
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** The next call of this name rejects. */
  failing: string | undefined;
  /** Calls wait for this. */
  gate: Promise<void> = Promise.resolve();

  async load(): Promise<QueueContents | undefined> {
    await this.#called('load');
    return this.contents;
  }

  async restart(producer: string, events: readonly QueuedEvent[]): Promise<void> {
    await this.#called('restart');
    this.contents = { producer, next: events.length + 1, events, isComplete: true };
  }

  async append(events: readonly QueuedEvent[]): Promise<void> {
    await this.#called('append');
    const contents = this.#contents();
    const next = contents.next + events.length;
    this.contents = { ...contents, next, events: [...contents.events, ...events] };
  }

  async settle(number: number): Promise<void> {
    await this.#called('settle');
    const contents = this.#contents();
    this.contents = { ...contents, events: contents.events.slice(number - contents.next) };
    if (number === contents.next - 1) this.contents = { ...contents, events: [] };
  }

  async close(): Promise<void> {
    await this.#called('close');
  }

  async #called(name: string): Promise<void> {
    this.calls.push(name);
    await this.gate;
    if (this.failing !== name) return;
    this.failing = undefined;
    throw new Error(`${name} failed`);
  }

  #contents(): QueueContents {
    if (!this.contents) throw new Error('there is no producer yet');
    return this.contents;
  }
}
