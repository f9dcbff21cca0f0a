import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const COMMANDS_PER_WRITE = 10_000;

/** Commands to Redis as fast as it takes them: encoded beforehand, pipelined, the replies only counted. */
export class RedisUpdates {
  readonly #socket: Socket;
  #replies = 0;
  #wanted = 0;
  #done: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#count(data));
  }

  static async connect(port: number): Promise<RedisUpdates> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RedisUpdates(socket);
  }

  /** How many milliseconds until the last one was answered, from when the first one was sent. Each reply has so many lines. */
  async run(commands: Iterable<readonly string[]>, linesPerReply: number): Promise<number> {
    const encoded: Buffer[] = [];
    let [texts, count]: [string[], number] = [[], 0];
    for (const command of commands) {
      texts.push(encode(command));
      count++;
      if (texts.length < COMMANDS_PER_WRITE) continue;
      encoded.push(Buffer.from(texts.join('')));
      texts = [];
    }
    encoded.push(Buffer.from(texts.join('')));
    const startedAt = performance.now();
    this.#replies = 0;
    this.#wanted = count * linesPerReply;
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    for (const buffer of encoded) if (!this.#socket.write(buffer)) await once(this.#socket, 'drain');
    await done;
    return performance.now() - startedAt;
  }

  close(): void {
    this.#socket.destroy();
  }

  #count(data: Buffer): void {
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) this.#replies++;
    if (this.#replies >= this.#wanted) this.#done?.();
  }
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((each) => `$${each.length}\r\n${each}\r\n`).join('')}`;
}
