/**
 * The bus inside one process, for an installation of one process and for the simulation. For the latter it can be as bad as a
 * network: it loses, repeats and delays messages, and each participant has an endpoint that can be cut off alone.
 */
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { BusStateHolder } from './bus-state.ts';
import {
  type BusState,
  MAX_MESSAGE_BYTES,
  type MessageBus,
  MessageTooLargeError,
  type Subscription,
} from './message-bus.ts';

/** What may befall each message on its way to each receiver. */
export interface BusFaults {
  /** 0 to 1: it does not arrive. */
  readonly dropProbability: number;
  /** 0 to 1: it arrives twice, each copy with its own delay. */
  readonly duplicateProbability: number;
  /** It arrives so many milliseconds later, spread evenly; a wide range changes the order of messages. */
  readonly delayMs: readonly [min: number, max: number];
}

export const NO_FAULTS: BusFaults = { dropProbability: 0, duplicateProbability: 0, delayMs: [0, 0] };

export interface InProcessBusDeps {
  readonly clock: Clock;
  /** 0 to less than 1; decides the faults. Default: `Math.random`. */
  readonly random?: () => number;
  /** Without one, what a handler throws is an uncaught exception, so that no test overlooks it. */
  readonly logger?: Logger;
}

export interface InProcessEndpoint extends MessageBus {
  /** Cuts this participant off or joins it again: while it is `down` it neither sends nor receives. */
  setState(state: BusState): void;
}

/** Is itself an endpoint, the unnamed one; `setState` of it cuts off everybody. */
export interface InProcessBus extends InProcessEndpoint {
  /** The participant of this name; the same one each time. */
  endpoint(name: string): InProcessEndpoint;
  /** From now on; what is not named stays as it is. Messages on their way keep their fate. */
  setFaults(faults: Partial<BusFaults>): void;
}

export function createInProcessBus(deps: InProcessBusDeps, faults: Partial<BusFaults> = {}): InProcessBus {
  const hub = new Hub(deps, faults);
  const own = new Endpoint(hub);
  const endpoints = new Map<string, Endpoint>();
  return {
    start: () => own.start(),
    stop: async () => {
      for (const endpoint of [...endpoints.values(), own]) await endpoint.stop();
    },
    publish: (topic, message) => own.publish(topic, message),
    subscribe: (topic, handler) => own.subscribe(topic, handler),
    get state() {
      return own.state;
    },
    onState: (listener) => own.onState(listener),
    setState: (state) => hub.setState(state),
    setFaults: (changes) => hub.setFaults(changes),
    endpoint: (name) => {
      const found = endpoints.get(name) ?? new Endpoint(hub);
      endpoints.set(name, found);
      return found;
    },
  };
}

interface Receiver {
  readonly endpoint: Endpoint;
  readonly handler: (message: Uint8Array) => void;
  active: boolean;
}

/** What the endpoints share: who subscribed to what, and the ways between them. */
class Hub {
  readonly report: (error: unknown, message: string) => void;
  up = true;
  readonly endpoints: Endpoint[] = [];
  readonly #topics = new Map<string, Set<Receiver>>();
  readonly #clock: Clock;
  readonly #random: () => number;
  #faults: BusFaults;
  #dueNow: (() => void)[] = [];

  constructor({ clock, random = Math.random, logger }: InProcessBusDeps, faults: Partial<BusFaults>) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = { ...NO_FAULTS, ...faults };
    this.report = (error, message) => {
      if (logger !== undefined) {
        logger.error({ err: error }, message);
      } else {
        queueMicrotask(() => {
          throw error;
        });
      }
    };
  }

  setFaults(faults: Partial<BusFaults>): void {
    this.#faults = { ...this.#faults, ...faults };
  }

  setState(state: BusState): void {
    this.up = state === 'up';
    for (const endpoint of this.endpoints) endpoint.refresh();
  }

  add(topic: string, receiver: Receiver): void {
    const receivers = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, receivers.add(receiver));
  }

  remove(topic: string, receiver: Receiver): void {
    const receivers = this.#topics.get(topic);
    if (receivers?.delete(receiver) && receivers.size === 0) this.#topics.delete(topic);
  }

  send(topic: string, message: Uint8Array): void {
    for (const receiver of this.#topics.get(topic) ?? []) {
      const { dropProbability, duplicateProbability, delayMs } = this.#faults;
      if (this.#happens(dropProbability)) continue;
      const copies = this.#happens(duplicateProbability) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++)
        this.#deliverLater(receiver, new Uint8Array(message), delayMs);
    }
  }

  #happens(probability: number): boolean {
    return probability > 0 && this.#random() < probability;
  }

  #deliverLater(receiver: Receiver, message: Uint8Array, [min, max]: readonly [number, number]): void {
    const deliver = (): void => this.#deliver(receiver, message);
    const delay = max > min ? min + this.#random() * (max - min) : min;
    if (delay > 0) {
      this.#clock.after(delay, deliver);
    } else if (this.#dueNow.push(deliver) === 1) {
      // One timer for all that is published in a turn: they leave together and in order.
      this.#clock.after(0, () => {
        const due = this.#dueNow;
        this.#dueNow = [];
        for (const each of due) each();
      });
    }
  }

  #deliver({ active, endpoint, handler }: Receiver, message: Uint8Array): void {
    if (!active || endpoint.state === 'down') return;
    try {
      handler(message);
    } catch (error) {
      this.report(error, 'a handler of the bus threw');
    }
  }
}

class Endpoint implements InProcessEndpoint {
  readonly #hub: Hub;
  readonly #holder: BusStateHolder;
  #joined = true;
  #stopped = false;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#holder = new BusStateHolder(hub.up ? 'up' : 'down', (error) =>
      hub.report(error, 'a listener of the bus threw'),
    );
    hub.endpoints.push(this);
  }

  get state(): BusState {
    return this.#holder.state;
  }

  onState(listener: (state: BusState) => void): () => void {
    return this.#holder.onState(listener);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopped = true;
    this.refresh();
  }

  setState(state: BusState): void {
    this.#joined = state === 'up';
    this.refresh();
  }

  /** The hub or this endpoint has changed. */
  refresh(): void {
    this.#holder.set(this.#hub.up && this.#joined && !this.#stopped ? 'up' : 'down');
  }

  publish(topic: string, message: Uint8Array): void {
    if (message.length > MAX_MESSAGE_BYTES) {
      this.#hub.report(new MessageTooLargeError(message.length), 'a message of the bus was dropped');
    } else if (this.state === 'up') {
      this.#hub.send(topic, message);
    }
  }

  subscribe(topic: string, handler: (message: Uint8Array) => void): Subscription {
    const receiver: Receiver = { endpoint: this, handler, active: true };
    this.#hub.add(topic, receiver);
    return {
      unsubscribe: () => {
        receiver.active = false;
        this.#hub.remove(topic, receiver);
      },
    };
  }
}
