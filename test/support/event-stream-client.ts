import { get, type IncomingMessage } from 'node:http';
import { type ServerFrame, serverFrameChecker } from '../../protocol/frames.ts';
import type { State } from '../../protocol/views.ts';
import { FollowedStates } from './followed-states.ts';

/** A reader of Server-Sent Events as the standard has them, that checks every frame and follows the states. */
export interface EventStreamClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Of an answer that is no stream: its body. */
  readonly problem: { readonly code?: string; readonly detail?: string };
  readonly frames: readonly ServerFrame[];
  readonly comments: number;
  /** What a browser would send when it comes back, and how long it would wait. */
  readonly lastEventId: string;
  readonly retryMs: number | undefined;
  readonly states: FollowedStates;
  readonly ended: Promise<void>;
  waitFor<T extends ServerFrame>(what: string, matches: (frame: ServerFrame) => boolean): Promise<T>;
  waitForState(channel: string, matches: (state: State) => boolean): Promise<State>;
  pause(): void;
  resume(): void;
  close(): void;
}

export interface EventStreamClientOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** A client that comes back goes on with the states that it had. */
  readonly states?: FollowedStates;
}

const WAIT_MS = 10_000;

/** `url` with its query, such as `http://127.0.0.1:1/v1/sse?channel=board:x`. */
export async function listenTo(
  url: string,
  { headers = {}, states = new FollowedStates() }: EventStreamClientOptions = {},
): Promise<EventStreamClient> {
  const request = get(url, { headers: { accept: 'text/event-stream', ...headers } });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  response.setEncoding('utf8');
  const isStream = response.headers['content-type'] === 'text/event-stream';
  const frames: ServerFrame[] = [];
  const watchers = new Set<() => void>();
  const seen = { comments: 0, lastEventId: headers['last-event-id'] ?? '', text: '' };
  let retryMs: number | undefined;
  let ended = false;

  const dispatch = (block: string): void => {
    const event = { type: 'message', data: [] as string[] };
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (line.startsWith(':')) seen.comments++;
      else if (field === 'event') event.type = value;
      else if (field === 'data') event.data.push(value);
      else if (field === 'id') seen.lastEventId = value;
      else if (field === 'retry') retryMs = Number(value);
    }
    if (event.data.length === 0) return;
    const frame: unknown = JSON.parse(event.data.join('\n'));
    if (serverFrameChecker.check(frame)) {
      if (frame.type !== event.type) states.violations.push(`${frame.type} as the event ${event.type}`);
      frames.push(frame);
      states.follow(frame);
    } else {
      states.violations.push(`${serverFrameChecker.explain(frame)}: ${block.slice(0, 300)}`);
    }
  };
  response.on('data', (chunk: string) => {
    seen.text += chunk;
    for (let end = seen.text.indexOf('\n\n'); isStream && end >= 0; end = seen.text.indexOf('\n\n')) {
      dispatch(seen.text.slice(0, end));
      seen.text = seen.text.slice(end + 2);
    }
    for (const watcher of [...watchers]) watcher();
  });
  const over = new Promise<void>((resolve) => {
    response.on('close', () => {
      ended = true;
      resolve();
      for (const watcher of [...watchers]) watcher();
    });
  });

  const until = <T>(what: string, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        watchers.delete(check);
        clearTimeout(timer);
        settle();
      };
      const fail = (why: string): void => {
        const last = JSON.stringify(frames.slice(-5)).slice(0, 1500);
        const wrong = states.violations.join('; ');
        done(() => reject(new Error(`${why} for ${what}; last frames: ${last}; ${wrong}`)));
      };
      const check = (): void => {
        const found = find();
        if (found !== undefined) done(() => resolve(found));
        else if (ended) fail('the stream has ended, waiting');
      };
      const timer = setTimeout(() => fail(`waited ${WAIT_MS} ms`), WAIT_MS);
      watchers.add(check);
      check();
    });

  if (!isStream) await over;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    problem: isStream || seen.text === '' ? {} : JSON.parse(seen.text),
    frames,
    get comments() {
      return seen.comments;
    },
    get lastEventId() {
      return seen.lastEventId;
    },
    get retryMs() {
      return retryMs;
    },
    states,
    ended: over,
    waitFor: (what, matches) => until(what, () => frames.find(matches)) as Promise<never>,
    waitForState: (channel, matches) =>
      until(`the state of ${channel}`, () => {
        const state = states.of(channel);
        return state !== undefined && matches(state) ? state : undefined;
      }),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void response.destroy(),
  };
}
