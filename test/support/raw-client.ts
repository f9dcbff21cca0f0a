import { WebSocket } from 'ws';
import { CODECS, type Encoding, SUBPROTOCOLS } from '../../protocol/codec.ts';
import { type ServerFrame, serverFrameChecker } from '../../protocol/frames.ts';
import type { State } from '../../protocol/views.ts';
import { FollowedStates } from './followed-states.ts';

/**
 * A client that trusts nothing: every frame is checked against its schema, and every update against the rule that it
 * applies onto what this client was sent before.
 */
export interface RawClient {
  readonly socket: WebSocket;
  readonly frames: readonly ServerFrame[];
  /** What was wrong with frames so far; a test expects it to stay empty. */
  readonly violations: readonly string[];
  send(frame: object): void;
  /** Sends and waits for the reply with the same id. */
  ask<T extends ServerFrame>(frame: object): Promise<T>;
  /** Waits for a frame, past ones included. */
  waitFor<T extends ServerFrame>(
    what: string,
    matches: (frame: ServerFrame) => boolean,
    timeoutMs?: number,
  ): Promise<T>;
  /** The state of a channel as a client holds it. */
  state(channel: string): State | undefined;
  waitForState(channel: string, matches: (state: State) => boolean, timeoutMs?: number): Promise<State>;
  readonly closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

const WAIT_MS = 10_000;

export async function connectRaw(
  socketUrl: string,
  options: {
    encoding?: Encoding;
    token?: string;
    headers?: Record<string, string>;
    protocols?: string[];
  } = {},
): Promise<RawClient> {
  const encoding = options.encoding ?? 'json';
  const socket = new WebSocket(socketUrl, options.protocols ?? [SUBPROTOCOLS[encoding]], {
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
  });
  const frames: ServerFrame[] = [];
  const states = new FollowedStates();
  const { violations } = states;
  const watchers = new Set<() => void>();
  let nextId = 1;

  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary !== (encoding === 'msgpack')) violations.push('a frame of the other encoding');
    const frame = isBinary ? CODECS.msgpack.decode(data) : CODECS.json.decode(data.toString('utf8'));
    if (serverFrameChecker.check(frame)) {
      frames.push(frame);
      states.follow(frame);
    } else {
      violations.push(`${serverFrameChecker.explain(frame)}: ${JSON.stringify(frame).slice(0, 300)}`);
    }
    for (const watcher of [...watchers]) watcher();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      for (const watcher of [...watchers]) watcher();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);

  const until = <T>(what: string, find: () => T | undefined, timeoutMs = WAIT_MS): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        watchers.delete(check);
        clearTimeout(timer);
        settle();
      };
      const check = (): void => {
        const found = find();
        if (found !== undefined) done(() => resolve(found));
      };
      const timer = setTimeout(() => {
        const last = JSON.stringify(frames.slice(-5)).slice(0, 1500);
        done(() =>
          reject(
            new Error(`waited ${timeoutMs} ms for ${what}; last frames: ${last}; ${violations.join('; ')}`),
          ),
        );
      }, timeoutMs);
      watchers.add(check);
      check();
    });

  const send = (frame: object): void => {
    socket.send(encoding === 'json' ? CODECS.json.encode(frame) : CODECS.msgpack.encode(frame));
  };
  const client: RawClient = {
    socket,
    frames,
    violations,
    closed,
    send,
    ask: (frame) => {
      const id = nextId++;
      const from = frames.length;
      send({ ...frame, id });
      return until(`the reply to ${JSON.stringify(frame).slice(0, 200)}`, () =>
        frames.slice(from).find((reply) => 'id' in reply && reply.id === id),
      ) as Promise<never>;
    },
    waitFor: (what, matches, timeoutMs) =>
      until(what, () => frames.find(matches), timeoutMs) as Promise<never>,
    state: (channel) => states.of(channel),
    waitForState: (channel, matches, timeoutMs) =>
      until(
        `the state of ${channel}`,
        () => {
          const state = states.of(channel);
          return state !== undefined && matches(state) ? state : undefined;
        },
        timeoutMs,
      ),
    close: () => socket.close(),
  };
  return client;
}
