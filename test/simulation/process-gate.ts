import type { InProcessEndpoint } from '../../bus/in-process-bus.ts';
import type { MessageBus } from '../../bus/message-bus.ts';
import type { Clock } from '../../runtime/clock.ts';

/**
 * What stands between one simulated process and the world, so that it can be stopped as by a signal: no timer runs, no message and no
 * answer of the store comes in, until it goes on and finds all of them, while the clock has moved. One that is killed never goes on.
 */
export class ProcessGate {
  #isRunning = true;
  #isAlive = true;
  #waiting: (() => void)[] = [];

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  pause(): void {
    this.#isRunning = false;
  }

  /** What has waited happens one after the other, each with what follows from it. */
  async resume(): Promise<void> {
    if (!this.#isAlive || this.#isRunning) return;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = true;
  }

  kill(): void {
    this.pause();
    this.#isAlive = false;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delayMs, action) => {
        let isCancelled = false;
        const cancel = clock.after(delayMs, () => {
          this.#run(() => {
            if (!isCancelled) action();
          });
        });
        return () => {
          isCancelled = true;
          cancel();
        };
      },
    };
  }

  bus(endpoint: InProcessEndpoint, published: (topic: string, message: Uint8Array) => void): MessageBus {
    return {
      start: () => endpoint.start(),
      stop: () => endpoint.stop(),
      publish: (topic, message) => {
        published(topic, message);
        endpoint.publish(topic, message);
      },
      subscribe: (topic, handler) => {
        let isEnded = false;
        const subscription = endpoint.subscribe(topic, (message) =>
          this.#run(() => {
            if (!isEnded) handler(message);
          }),
        );
        return {
          unsubscribe: () => {
            isEnded = true;
            subscription.unsubscribe();
          },
        };
      },
      get state() {
        return endpoint.state;
      },
      onState: (listener) => endpoint.onState((state) => this.#run(() => listener(state))),
    };
  }

  /** The same, but its answers take their time, and arrive only while the process runs. */
  store<Store extends object>(store: Store, clock: Clock, latencyMs: () => number): Store {
    const answer = async (promise: Promise<unknown>): Promise<unknown> => {
      const delayMs = latencyMs();
      const result = await promise.then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
      await new Promise<void>((resolve) => this.#run(resolve));
      return result();
    };
    return new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name === 'onState') {
          return (listener: (state: unknown) => void) =>
            value.call(target, (state: unknown) => this.#run(() => listener(state)));
        }
        return (...args: unknown[]) => {
          const result: unknown = value.apply(target, args);
          return result instanceof Promise ? answer(result) : result;
        };
      },
    });
  }

  #run(action: () => void): void {
    if (this.#isRunning) action();
    else if (this.#isAlive) this.#waiting.push(action);
  }
}
