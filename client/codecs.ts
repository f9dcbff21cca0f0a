import type { Encoding } from '../protocol/encodings.ts';
import { jsonCodec } from '../protocol/json-codec.ts';

/** Encodes what is sent, decodes what arrives: text is JSON, bytes are MessagePack, whatever was asked for. */
export interface WireCodec {
  encode(frame: unknown): string | Uint8Array<ArrayBuffer>;
  decode(wire: unknown): unknown;
}

/** MessagePack is loaded only where it is asked for, so that pages which speak JSON stay small. */
export async function loadCodec(encoding: Encoding): Promise<WireCodec> {
  if (encoding === 'json') {
    return { encode: jsonCodec.encode, decode: (wire) => jsonCodec.decode(asText(wire)) };
  }
  const { msgpackCodec } = await import('../protocol/msgpack-codec.ts');
  return {
    encode: (frame) => msgpackCodec.encode(frame) as Uint8Array<ArrayBuffer>,
    decode: (wire) =>
      typeof wire === 'string' ? jsonCodec.decode(wire) : msgpackCodec.decode(asBytes(wire)),
  };
}

function asText(wire: unknown): string {
  if (typeof wire !== 'string') throw new TypeError('a text frame was expected');
  return wire;
}

function asBytes(wire: unknown): Uint8Array {
  if (wire instanceof ArrayBuffer) return new Uint8Array(wire);
  if (wire instanceof Uint8Array) return wire;
  throw new TypeError('a binary frame was expected');
}
