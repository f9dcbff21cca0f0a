import { CODECS, type Encoding } from '../../protocol/codec.ts';
import type { ServerFrame } from '../../protocol/frames.ts';

/** Of one encoding. A frame that many viewers get is the same bytes for all, and is decoded once. */
export class DecodedFrames {
  readonly #encoding: Encoding;
  readonly #frames = new Map<string, ServerFrame>();
  #bytes = 0;
  /** How many were decoded, and not just recognised. */
  decoded = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** Throws where the bytes cannot be decoded. Of the form only as much is relied on as the follower looks at. */
  decode(bytes: Buffer): ServerFrame {
    const key = bytes.toString('latin1');
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame =
      this.#encoding === 'json' ? CODECS.json.decode(bytes.toString('utf8')) : CODECS.msgpack.decode(bytes);
    this.decoded += 1;
    this.#keep(key, frame as ServerFrame);
    return frame as ServerFrame;
  }

  #keep(key: string, frame: ServerFrame): void {
    this.#bytes += key.length;
    if (this.#bytes > KEPT_BYTES) {
      this.#frames.clear();
      this.#bytes = key.length;
    }
    this.#frames.set(key, frame);
  }
}

/** More than one tick sends to all viewers, and little beside what they take themselves. */
const KEPT_BYTES = 16 * 1024 * 1024;
