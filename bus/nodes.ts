import type { NodeAnswer, NodeAnswers, NodeQuestion, NodeReport } from '../protocol/node-reports.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { MessageBus } from './message-bus.ts';
import { type BusMessage, decodeBusMessage, encodeBusMessage, TOPICS } from './messages.ts';

export const REPORT_PERIOD_MS = 2000;
/** Who has not been heard for so long is gone. */
export const SILENT_AFTER_MS = 7000;
/** A question that is not answered by then is given up. */
export const ANSWER_TIMEOUT_MS = 2000;
/** Who begins to look waits so long for the reports that it has called for. */
export const CALL_MS = 500;
/** Nobody has looked for so long: the others are not listened to any more. */
export const LOOK_MS = 30_000;

interface NodesDeps {
  readonly bus: Pick<MessageBus, 'publish' | 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of this process, made anew. */
  readonly report: () => NodeReport;
  readonly answer: (question: NodeQuestion) => NodeAnswer;
  readonly randomId: () => string;
}

/**
 * All processes of an installation, as they tell of themselves over the bus; each can be asked through any other. Whoever is on the bus is trusted.
 * They are listened to only while somebody looks: thousands of processes that all hear each other would have nothing else to do.
 */
export class Nodes implements Service {
  readonly #deps: NodesDeps;
  readonly #name: string;
  readonly #heard = new Map<string, { readonly report: NodeReport; readonly heardAt: number }>();
  readonly #asked = new Map<string, (answer: NodeAnswer | undefined) => void>();
  #cancelTimer = (): void => undefined;
  #lookedAt = 0;
  /** While the others are listened to. */
  #listening: { readonly end: () => void; readonly called: Promise<void> } | undefined;
  #ends: (() => void)[] = [];

  constructor(name: string, deps: NodesDeps) {
    this.#name = name;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    if (this.#ends.length > 0) return;
    const { bus } = this.#deps;
    for (const topic of [TOPICS.nodeCalls, TOPICS.node(this.#name)]) {
      const subscription = bus.subscribe(topic, (bytes) => this.#receive(bytes));
      this.#ends.push(() => subscription.unsubscribe());
    }
    this.#tell();
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    this.#listening?.end();
    this.#cancelTimer();
    for (const settle of this.#asked.values()) settle(undefined);
    this.#publish(TOPICS.nodes, { type: 'left', name: this.#name });
  }

  /** Comes before what follows: listens to the others from now on, for a while. */
  look(): Promise<void> {
    const { bus, clock } = this.#deps;
    this.#lookedAt = clock.now();
    if (this.#listening === undefined) {
      const subscription = bus.subscribe(TOPICS.nodes, (bytes) => this.#receive(bytes));
      const called = new Promise<void>((resolve) => void clock.after(CALL_MS, resolve));
      this.#listening = { end: () => subscription.unsubscribe(), called };
      this.#publish(TOPICS.nodeCalls, { type: 'call' });
    }
    return this.#listening.called;
  }

  /** The latest report of each that was heard lately, in the order of their names. */
  list(): readonly NodeReport[] {
    const since = this.#deps.clock.now() - SILENT_AFTER_MS;
    for (const [name, { heardAt }] of this.#heard) if (heardAt < since) this.#heard.delete(name);
    const reports = Array.from(this.#heard.values(), ({ report }) => report);
    return reports.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  knows(node: string): boolean {
    return this.list().some(({ name }) => name === node);
  }

  /** `undefined` where there is no answer in time. */
  ask<Ask extends NodeQuestion['ask']>(
    node: string,
    question: Extract<NodeQuestion, { ask: Ask }>,
  ): Promise<NodeAnswers[Ask] | undefined> {
    const { clock, randomId, answer } = this.#deps;
    if (node === this.#name) return Promise.resolve(answer(question) as NodeAnswers[Ask]);
    const id = randomId();
    return new Promise((resolve) => {
      const settle = (given: NodeAnswer | undefined): void => {
        cancel();
        this.#asked.delete(id);
        resolve(given as NodeAnswers[Ask] | undefined);
      };
      const cancel = clock.after(ANSWER_TIMEOUT_MS, () => settle(undefined));
      this.#asked.set(id, settle);
      this.#publish(TOPICS.node(node), { type: 'question', id, from: this.#name, question });
    });
  }

  #tell(): void {
    const { clock } = this.#deps;
    if (this.#listening !== undefined && clock.now() - this.#lookedAt > LOOK_MS) {
      this.#listening.end();
      this.#listening = undefined;
      this.#heard.clear();
    }
    const report = this.#deps.report();
    this.#keep(report);
    this.#publish(TOPICS.nodes, { type: 'node', report });
    this.#cancelTimer();
    this.#cancelTimer = clock.after(REPORT_PERIOD_MS, () => this.#tell(), 'about');
  }

  #keep(report: NodeReport): void {
    this.#heard.set(report.name, { report, heardAt: this.#deps.clock.now() });
  }

  #receive(bytes: Uint8Array): void {
    let message: BusMessage;
    try {
      message = decodeBusMessage(bytes);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'a message of another node could not be read');
      return;
    }
    switch (message.type) {
      case 'node':
        if (message.report.name !== this.#name) this.#keep(message.report);
        break;
      case 'call':
        this.#tell();
        break;
      case 'left':
        this.#heard.delete(message.name);
        break;
      case 'question': {
        const { id, from, question } = message;
        this.#publish(TOPICS.node(from), { type: 'node-answer', id, answer: this.#deps.answer(question) });
        break;
      }
      case 'node-answer':
        this.#asked.get(message.id)?.(message.answer);
        break;
    }
  }

  #publish(topic: string, message: BusMessage): void {
    this.#deps.bus.publish(topic, encodeBusMessage(message));
  }
}
