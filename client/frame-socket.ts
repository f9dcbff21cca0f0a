import type { ClientFrame, ServerFrame } from '../protocol/frames.ts';
import type { WireCodec } from './codecs.ts';
import type { WebSocketLike } from './web-socket.ts';

interface FrameSocketHandlers {
  frame(frame: ServerFrame): void;
  /** Once, unless this side has dropped the socket. */
  closed(code: number, reason: string): void;
  undecodable(cause: unknown): void;
}

/** One WebSocket that speaks frames. After `drop` nothing of it is heard any more. */
export class FrameSocket {
  readonly #socket: WebSocketLike;
  readonly #codec: WireCodec;
  #dropped = false;

  constructor(socket: WebSocketLike, codec: WireCodec, handlers: FrameSocketHandlers) {
    this.#socket = socket;
    this.#codec = codec;
    socket.binaryType = 'arraybuffer';
    // What an error means is said by the close that follows it; unheard it would end a Node process.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('message', ({ data }) => {
      if (this.#dropped) return;
      let frame: unknown;
      try {
        frame = codec.decode(data);
      } catch (cause) {
        handlers.undecodable(cause);
        return;
      }
      if (isFrame(frame)) handlers.frame(frame);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#dropped) return;
      this.#dropped = true;
      handlers.closed(code, reason);
    });
  }

  /** False where the frame is over `maxBytes`. Throws on what cannot be encoded. */
  send(frame: ClientFrame, maxBytes: number): boolean {
    const wire = this.#codec.encode(frame);
    if (byteLength(wire, maxBytes) > maxBytes) return false;
    this.#socket.send(wire);
    return true;
  }

  /** Ends the socket from this side, at once where `dead`: a lost peer would never answer a closing handshake. */
  drop({ dead = false } = {}): void {
    if (this.#dropped) return;
    this.#dropped = true;
    if (dead && this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close(1000);
  }
}

/** Frames of a type that this client does not know are left alone by whoever looks at them. */
function isFrame(value: unknown): value is ServerFrame {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function byteLength(wire: string | Uint8Array, limit: number): number {
  if (typeof wire !== 'string') return wire.byteLength;
  // A UTF-16 unit takes at most three bytes, so that most texts need no second look.
  return wire.length * 3 <= limit ? wire.length : new TextEncoder().encode(wire).byteLength;
}
