import { CODECS } from '../protocol/codec.ts';
import type { DecodeLimits } from '../protocol/codec-types.ts';
import { DecodeError } from '../protocol/decode-error.ts';
import type { Encoding } from '../protocol/encodings.ts';
import { type ClientFrame, clientFrameChecker } from '../protocol/frames.ts';

/** What a message of a client turned out to be. */
export type Input =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** Readable, but not a frame that we know; the connection goes on. */
  | { readonly kind: 'invalid'; readonly id: number | undefined; readonly message: string }
  /** Not readable at all; the connection is closed. */
  | {
      readonly kind: 'unreadable';
      readonly code: DecodeError['code'];
      readonly message: string;
    };

export function readInput(
  encoding: Encoding,
  bytes: Uint8Array,
  isBinary: boolean,
  limits: DecodeLimits,
): Input {
  if (isBinary !== (encoding === 'msgpack')) {
    const message = isBinary
      ? 'a binary frame on a JSON connection'
      : 'a text frame on a MessagePack connection';
    return { kind: 'unreadable', code: 'malformed', message };
  }
  let value: unknown;
  try {
    value = isBinary ? CODECS.msgpack.decode(bytes, limits) : CODECS.json.decode(textOf(bytes), limits);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { code, message } = error;
    return { kind: 'unreadable', code, message };
  }
  if (clientFrameChecker.check(value)) return { kind: 'frame', frame: value };
  return { kind: 'invalid', id: idOf(value), message: clientFrameChecker.explain(value) };
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** The id that an answer can repeat, even where the rest is wrong. */
function idOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id } = value as { id?: unknown };
  return Number.isSafeInteger(id) ? (id as number) : undefined;
}
