import { WebSocket } from 'ws';
import { CODECS, type Encoding, SUBPROTOCOLS } from '../../protocol/codec.ts';
import { type ServerFrame, serverFrameChecker } from '../../protocol/frames.ts';
import { applyPatch } from '../../protocol/patches.ts';
import type { State, ViewKind } from '../../protocol/views.ts';

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

interface Held {
  kind: ViewKind;
  epoch: string;
  seq: number;
  state: State;
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
  const violations: string[] = [];
  const held = new Map<string, Held>();
  const watchers = new Set<() => void>();
  let nextId = 1;

  const hold = (frame: ServerFrame): void => {
    if (frame.type === 'subscribed') {
      if ('recovered' in frame) {
        for (const update of frame.patches) applyUpdate(held, frame.channel, update, violations);
        if (held.get(frame.channel)?.seq !== frame.seq)
          violations.push(`recovered to another position on ${frame.channel}`);
      } else {
        const { kind, epoch, seq, state } = frame;
        held.set(frame.channel, { kind, epoch, seq, state });
      }
    } else if (frame.type === 'snapshot') {
      const { kind, epoch, seq, state } = frame;
      held.set(frame.channel, { kind, epoch, seq, state });
    } else if (frame.type === 'update') {
      applyUpdate(held, frame.channel, frame, violations);
    }
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary !== (encoding === 'msgpack')) violations.push('a frame of the other encoding');
    const frame = isBinary ? CODECS.msgpack.decode(data) : CODECS.json.decode(data.toString('utf8'));
    if (serverFrameChecker.check(frame)) {
      frames.push(frame);
      hold(frame);
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
    state: (channel) => held.get(channel)?.state,
    waitForState: (channel, matches, timeoutMs) =>
      until(
        `the state of ${channel}`,
        () => {
          const state = held.get(channel)?.state;
          return state !== undefined && matches(state) ? state : undefined;
        },
        timeoutMs,
      ),
    close: () => socket.close(),
  };
  return client;
}

function applyUpdate(
  held: Map<string, Held>,
  channel: string,
  update: { epoch?: string; seq: number; from?: number; patch: unknown },
  violations: string[],
): void {
  const view = held.get(channel);
  if (view === undefined) {
    violations.push(`an update of ${channel}, which this client holds no state of`);
    return;
  }
  const from = update.from ?? update.seq - 1;
  if (from !== view.seq)
    violations.push(`an update from ${from} where ${view.seq} was sent before, on ${channel}`);
  if (update.epoch !== undefined && (update.epoch === view.epoch || update.from === undefined)) {
    violations.push(`an epoch that does not change, or comes without "from", on ${channel}`);
  }
  try {
    held.set(channel, {
      kind: view.kind,
      epoch: update.epoch ?? view.epoch,
      seq: update.seq,
      state: applyPatch(view.kind, view.state, update.patch as never),
    });
  } catch (error) {
    violations.push(`a patch that does not fit on ${channel}: ${String(error)}`);
  }
}
