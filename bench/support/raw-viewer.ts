import { connect, type Socket } from 'node:net';

/** Where a frame lies in what has arrived. It is only good until the handler returns. */
export type FrameHandler = (buffer: Buffer, start: number, end: number) => void;

interface RawViewerOptions {
  readonly port: number;
  readonly path: string;
  readonly protocol: string;
  /** Text frames of under 64 KiB that are sent at once when the connection is open. */
  readonly hello: readonly string[];
  readonly onFrame: FrameHandler;
  readonly onEnd: (reason: string) => void;
}

const HEADERS_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
const PING = 0x9;
/** With nothing in it, and a mask of zeros. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/**
 * A WebSocket that only counts: a library would take as much of the machine for each frame as the server that is measured, which shares it.
 * It knows what servers send here: whole frames, unmasked, no extensions.
 */
export class RawViewer {
  readonly #socket: Socket;
  readonly #options: RawViewerOptions;
  #isOpen = false;
  #rest: Buffer = NOTHING;

  constructor(options: RawViewerOptions) {
    this.#options = options;
    this.#socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('connect', () => this.#socket.write(handshake(options)));
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => options.onEnd(error.message));
    this.#socket.on('close', () => options.onEnd('closed'));
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    let position = 0;
    if (!this.#isOpen) {
      const end = data.indexOf(HEADERS_END);
      if (end === -1) {
        this.#rest = data;
        return;
      }
      if (!data.subarray(0, 12).toString('latin1').endsWith('101')) {
        this.#options.onEnd(data.toString('latin1', 0, end));
        return;
      }
      this.#isOpen = true;
      position = end + HEADERS_END.length;
      this.#socket.write(Buffer.concat(this.#options.hello.map(textFrame)));
    }
    while (data.length - position >= 2) {
      const header = headerLength(data[position + 1] as number);
      if (data.length - position < header) break;
      const end = position + header + payloadLength(data, position);
      if (data.length < end) break;
      if (((data[position] as number) & 0x0f) === PING) this.#socket.write(PONG);
      else this.#options.onFrame(data, position + header, end);
      position = end;
    }
    // A copy, since the memory below belongs to a much larger chunk.
    if (position < data.length) this.#rest = Buffer.from(data.subarray(position));
  }
}

function headerLength(second: number): number {
  return second === 127 ? 10 : second === 126 ? 4 : 2;
}

function payloadLength(data: Buffer, position: number): number {
  const second = data[position + 1] as number;
  if (second === 127) return Number(data.readBigUInt64BE(position + 2));
  return second === 126 ? data.readUInt16BE(position + 2) : second;
}

/** The mask is zero, so that the text stays as it is. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header = length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), payload]);
}

function handshake({ port, path, protocol }: RawViewerOptions): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${protocol}`,
    HEADERS_END.slice(2),
  ].join('\r\n');
}
