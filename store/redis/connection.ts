import { StartError } from '../../runtime/errors.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type StoreState, StoreUnavailableError, type WriteRefusal } from '../score-store.ts';
import { createRedisClient, type RedisClient } from './client.ts';
import { classify } from './redis-errors.ts';
import { parseRedisUrl } from './redis-url.ts';
import { RefusalWatch } from './refusal-watch.ts';
import type { ScriptTimes } from './script-times.ts';
import { loadScripts, type RunScript } from './scripts.ts';

/**
 * The connection with its health. While it is down, everything is rejected at once, so that nothing piles up behind
 * a server that does not answer; only a probe goes out now and then, and its success brings `up`.
 */
export interface RedisConnection extends Service {
  readonly run: RunScript;
  readonly state: StoreState;
  readonly writeRefusal: WriteRefusal | undefined;
  checkWrites(): void;
  /** Goes down, and connects anew until this says that it leads to the right Redis. */
  doubt(cause: string, isRight: (run: RunScript) => Promise<boolean>): void;
  onState(listener: (state: StoreState) => void): () => void;
}

export interface RedisConnectionOptions {
  readonly urls: readonly string[];
  /** Of Sentinels, where the host of the one URL is the name that they give the master; default: none. */
  readonly sentinels?: readonly string[];
  /** Default 2000. */
  readonly commandTimeoutMs?: number;
  /** How long `start` waits for Redis; default 10000. */
  readonly startTimeoutMs?: number;
  /** Commands sent and not yet answered; beyond, they are rejected. Default 4096. */
  readonly maxPendingCommands?: number;
}

export interface RedisConnectionDependencies {
  readonly logger: Logger;
  /** Whether this Redis can serve us; a `StartError` says that it never will. */
  readonly probe: (run: RunScript) => Promise<void>;
  /** Told what each script took. */
  readonly times?: ScriptTimes | undefined;
  /** Rejects where writes are refused. */
  readonly checkWrites: (run: RunScript) => Promise<unknown>;
}

const SENTINEL_PORT = 26_379;
const PROBE_MIN_MS = 50;
const PROBE_MAX_MS = 500;
const REFUSES_LOGIN = /\b(NOAUTH|WRONGPASS|NOPERM)\b/;
/** What the client library says while it has no connection; why it has none was said before. */
const NO_CONNECTION =
  /Stream isn't writeable|Cluster isn't ready|Connection is closed|max retries per request/;

export function createRedisConnection(
  { logger, probe, checkWrites, times }: RedisConnectionDependencies,
  options: RedisConnectionOptions,
): RedisConnection {
  const { commandTimeoutMs = 2000, startTimeoutMs = 10_000, maxPendingCommands = 4096 } = options;
  const listeners = new Set<(state: StoreState) => void>();
  let client: RedisClient | undefined;
  let shown = '';
  let state: StoreState = 'down';
  let pending = 0;
  let probing = false;
  let stopped = false;
  let lastError = 'it does not answer';
  let doubted: ((run: RunScript) => Promise<boolean>) | undefined;
  let wake: (() => void) | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  const refusals = new RefusalWatch(logger, () => checkWrites(run));

  const setState = (next: StoreState): void => {
    state = next;
    if (next === 'up') {
      logger.info({ redis: shown }, 'the score store is up');
      void refusals.recheck();
    } else logger.warn({ redis: shown, cause: lastError }, 'the score store is down');
    for (const listener of [...listeners]) listener(next);
  };

  const note = (message: string): void => {
    if (NO_CONNECTION.test(message)) return;
    lastError = message;
    refusals.note(message);
  };

  const lose = (): void => {
    if (state === 'up' && !stopped) {
      setState('down');
      void probeUntilUp();
    }
  };

  /** Past the gate of `run`, since the probe has to get through while the state is down. */
  const send: RunScript = async (script, keys, args, result) => {
    if (client === undefined || stopped) {
      throw new StoreUnavailableError('the score store is stopped', { change: 'not_sent' });
    }
    if (pending >= maxPendingCommands) {
      throw new StoreUnavailableError(`Redis is behind: ${pending} commands are not answered yet`, {
        change: 'not_sent',
      });
    }
    pending++;
    const sentMs = performance.now();
    try {
      return await client.run(script, keys, args, result);
    } catch (error) {
      const failure = classify(error);
      if (failure.kind === 'writes') refusals.note(failure.message);
      if (failure.kind === 'away') {
        note(failure.message);
        lose();
      }
      throw failure.error;
    } finally {
      pending--;
      times?.note(script, performance.now() - sentMs);
    }
  };

  const run: RunScript = async (script, keys, args, result) => {
    if (state === 'down' && !stopped) {
      const change = refusals.refusal === undefined ? 'not_sent' : 'refused';
      throw new StoreUnavailableError(`Redis is away: ${lastError}`, { change });
    }
    return send(script, keys, args, result);
  };

  /** A refusal of writes counts as an answer, since reads work, but not at the start, which has to write. */
  const probeOnce = async (isStart: boolean): Promise<'up' | 'down' | StartError> => {
    try {
      await probe(send);
      return 'up';
    } catch (error) {
      if (error instanceof StartError) return error;
      const failure = classify(error instanceof Error && error.cause !== undefined ? error.cause : error);
      if (failure.kind === 'defect') {
        return new StartError(`${shown} can't run our scripts, which need Redis 7.0: ${failure.message}`);
      }
      note(failure.message);
      return failure.kind === 'writes' && !isStart ? 'up' : 'down';
    }
  };

  /** Another connection may lead elsewhere, as when an old address is looked up again. */
  const isTrusted = async (): Promise<boolean> => {
    if (doubted === undefined) return true;
    const isRight = await doubted(send).catch(() => false);
    if (isRight) doubted = undefined;
    else client?.reconnect();
    return isRight;
  };

  const pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Ends when the store is up or stopped; with a deadline it may end in a `StartError`. */
  const probeUntilUp = async (deadline?: number): Promise<void> => {
    if (probing) return;
    probing = true;
    try {
      for (let delayMs = PROBE_MIN_MS; !stopped; delayMs = Math.min(PROBE_MAX_MS, delayMs * 2)) {
        const outcome = await probeOnce(deadline !== undefined);
        const isRight = outcome !== 'up' || (await isTrusted());
        if (stopped) return;
        if (outcome === 'up' && isRight) {
          probing = false;
          return setState('up');
        }
        if (outcome instanceof StartError) {
          if (deadline !== undefined) throw outcome;
          if (lastError !== outcome.message) logger.error({ redis: shown }, outcome.message);
          lastError = outcome.message;
        }
        if (deadline !== undefined && (REFUSES_LOGIN.test(lastError) || Date.now() + delayMs > deadline)) {
          throw new StartError(
            `no Redis serves at ${shown} (${lastError}): start one there, or correct the URL of Redis`,
          );
        }
        await pause(delayMs);
      }
    } finally {
      probing = false;
    }
  };

  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      stopped = true;
      state = 'down';
      listeners.clear();
      refusals.stop();
      wake?.();
      await client?.close();
    })();
    return stopping;
  };

  const start = async (): Promise<void> => {
    const addresses = options.urls.map((url) => parseRedisUrl(url));
    const sentinels = (options.sentinels ?? []).map((url) => parseRedisUrl(url, SENTINEL_PORT));
    shown = [...new Set([...addresses, ...sentinels].map((address) => address.shown))].join(', ');
    client = createRedisClient({
      addresses,
      sentinels,
      scripts: loadScripts(),
      commandTimeoutMs,
      onLost: lose,
      onError: (error) => note(classify(error).message),
    });
    await Promise.race([client.connect(), pause(commandTimeoutMs)]);
    wake?.();
    try {
      await probeUntilUp(Date.now() + startTimeoutMs);
    } catch (error) {
      await stop();
      throw error;
    }
  };

  return {
    start: () => {
      starting ??= stopped ? Promise.resolve() : start();
      return starting;
    },
    stop,
    run,
    get state() {
      return state;
    },
    get writeRefusal() {
      return refusals.refusal;
    },
    checkWrites: () => void refusals.ask(),
    doubt: (cause, isRight) => {
      if (state === 'down' || stopped) return;
      lastError = cause;
      doubted = isRight;
      lose();
      client?.reconnect();
    },
    onState: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
