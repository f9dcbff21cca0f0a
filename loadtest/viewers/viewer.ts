import { WebSocket } from 'ws';
import { CODECS, type Encoding, SUBPROTOCOLS } from '../../protocol/codec.ts';
import { shouldReconnect } from '../../protocol/codes.ts';
import type { ErrorFrame, ServerFrame } from '../../protocol/frames.ts';
import type { Latencies } from '../latencies.ts';
import type { ViewerPlan } from '../scenario.ts';
import { socketUrlOf } from '../socket-url.ts';
import type { DecodedFrames } from './decoded-frames.ts';
import type { ViewerCounts } from './fleet-messages.ts';
import { Follower } from './follower.ts';
import { RECEIVED, RECEIVED_SLOWLY, RETURNED } from './latency-names.ts';
import type { SharedStates } from './shared-states.ts';

export interface ViewerDeps {
  readonly url: string;
  readonly token: string;
  readonly decoders: Readonly<Record<Encoding, DecodedFrames>>;
  readonly shared: SharedStates;
  readonly latencies: Latencies;
  readonly counts: ViewerCounts;
  readonly tell: (problem: string) => void;
}

const RETRY_MS = 250;

/** One raw WebSocket that subscribes, follows, and lives by its habit. */
export class Viewer {
  readonly plan: ViewerPlan;
  readonly follower: Follower;
  readonly #deps: ViewerDeps;
  readonly #received: string;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #cutAt: number | undefined;
  #onJoined: () => void = () => undefined;

  constructor(plan: ViewerPlan, deps: ViewerDeps) {
    this.plan = plan;
    this.#deps = deps;
    this.#received = plan.habit.type === 'slow' ? RECEIVED_SLOWLY : RECEIVED;
    this.follower = new Follower(deps.shared, deps.tell);
  }

  /** Resolves when all channels are answered for the first time. */
  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#onJoined = resolve;
      this.#connect();
    });
  }

  get isJoined(): boolean {
    return this.follower.joined === this.plan.channels.length;
  }

  /** Takes up its habit. */
  begin(): void {
    const { habit } = this.plan;
    if (habit.type === 'returning') this.#timer = setInterval(() => this.#cut(), habit.everyMs);
    if (habit.type === 'slow') this.#pause(habit);
  }

  /** Ends it, and reads on. */
  calmDown(): void {
    clearTimeout(this.#timer);
    this.#socket?.resume();
  }

  #connect(): void {
    const { url, token } = this.#deps;
    const socket = new WebSocket(socketUrlOf(url), [SUBPROTOCOLS[this.plan.encoding]], {
      ...(token === '' ? {} : { headers: { authorization: `Bearer ${token}` } }),
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    socket.on('open', () => this.#subscribe(socket));
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      // Of one that was cut on purpose nobody needs to hear.
      if (this.#socket === socket) this.#closed(code);
    });
  }

  /** The ids are the same for all, so that the answers are the same bytes too. */
  #subscribe(socket: WebSocket): void {
    for (const index of this.plan.channels.keys()) this.#subscribeTo(index, socket);
  }

  #subscribeTo(index: number, socket: WebSocket): void {
    const channel = this.plan.channels[index];
    if (channel === undefined) return;
    const since = this.follower.position(channel);
    const frame = { type: 'subscribe', id: index + 1, channel, ...(since && { since }) };
    socket.send(CODECS[this.plan.encoding].encode(frame));
  }

  /** What can't be had yet, such as a contest that is being loaded, is asked for again, as clients do. */
  #comesAgain({ id, retryAfterMs }: ErrorFrame): boolean {
    const socket = this.#socket;
    if (typeof id !== 'number' || retryAfterMs === undefined || socket === undefined) return false;
    setTimeout(() => {
      if (socket.readyState === WebSocket.OPEN) this.#subscribeTo(id - 1, socket);
    }, retryAfterMs);
    return true;
  }

  #receive(data: Buffer): void {
    const { decoders, counts, tell } = this.#deps;
    counts.bytes += data.length;
    let frame: ServerFrame;
    try {
      frame = decoders[this.plan.encoding].decode(data);
    } catch (error) {
      tell(`got what is not a frame: ${String(error)}`);
      return;
    }
    if (frame.type === 'error' && this.#comesAgain(frame)) return;
    this.#count(frame);
    this.follower.receive(frame);
    if (frame.type === 'subscribed' && this.isJoined) this.#joined();
  }

  #count(frame: ServerFrame): void {
    const { counts, latencies } = this.#deps;
    if (frame.type === 'update') {
      counts.updates += 1;
      latencies.record(this.#received, Date.now() - frame.at);
    } else if (frame.type === 'snapshot') {
      counts.snapshots += 1;
      if (frame.conflated) counts.conflated += 1;
    } else if (frame.type === 'subscribed') {
      if ('recovered' in frame) counts.recovered += 1;
      else counts.snapshots += 1;
    }
  }

  #joined(): void {
    this.#onJoined();
    if (this.#cutAt === undefined) return;
    this.#deps.latencies.record(RETURNED, performance.now() - this.#cutAt);
    this.#cutAt = undefined;
  }

  #cut(): void {
    // Who has not come back since the last time is still measured from then.
    this.#cutAt ??= performance.now();
    this.#deps.counts.cut += 1;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
    this.follower.disconnected();
    this.#connect();
  }

  #closed(code: number): void {
    this.follower.disconnected();
    this.#deps.counts.lost += 1;
    if (!shouldReconnect(code)) this.#deps.tell(`was closed for good with ${code}`);
    else setTimeout(() => this.#connect(), RETRY_MS * (1 + Math.random()));
  }

  #pause(habit: { readonly pauseMs: number; readonly readMs: number }): void {
    this.#socket?.pause();
    this.#timer = setTimeout(() => {
      this.#socket?.resume();
      this.#timer = setTimeout(() => this.#pause(habit), habit.readMs);
    }, habit.pauseMs);
  }
}
