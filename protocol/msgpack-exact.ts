import { decodeUtf8 } from './utf8.ts';

/**
 * Decodes the rare messages that msgpackr would alter (it renames `__proto__`, keeps -0, drops a leading U+FEFF), or that hold
 * what no field may: integers that no double is equal to become infinities and not a neighbour, binary values become NaN. The schemas
 * refuse both, and so only the event that has them. Only for bytes that `checkMessagePack` has accepted: nothing is checked again.
 */
export function decodeExactly(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let position = 0;

  const text = (length: number): string => {
    const start = position;
    position += length;
    return decodeUtf8(bytes, start, position);
  };
  const list = (length: number): unknown[] => Array.from({ length }, () => read());
  const map = (length: number): unknown => {
    // Makes own properties even of `__proto__`; of equal keys the last wins.
    return Object.fromEntries(Array.from({ length }, () => [read(), read()]));
  };
  const skip = (count: number): number => {
    position += count;
    return position - count;
  };
  const binary = (length: number): number => {
    position += length;
    return Number.NaN;
  };

  const read = (): unknown => {
    const token = bytes[skip(1)] as number;
    if (token < 0x80) return token;
    if (token < 0x90) return map(token & 0x0f);
    if (token < 0xa0) return list(token & 0x0f);
    if (token < 0xc0) return text(token & 0x1f);
    if (token >= 0xe0) return token - 0x100;
    switch (token) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return binary(view.getUint8(skip(1)));
      case 0xc5:
        return binary(view.getUint16(skip(2)));
      case 0xc6:
        return binary(view.getUint32(skip(4)));
      case 0xca:
        return view.getFloat32(skip(4)) + 0;
      case 0xcb:
        return view.getFloat64(skip(8)) + 0;
      case 0xcc:
        return view.getUint8(skip(1));
      case 0xcd:
        return view.getUint16(skip(2));
      case 0xce:
        return view.getUint32(skip(4));
      case 0xcf:
        return exactInteger(view.getBigUint64(skip(8)));
      case 0xd0:
        return view.getInt8(skip(1));
      case 0xd1:
        return view.getInt16(skip(2));
      case 0xd2:
        return view.getInt32(skip(4));
      case 0xd3:
        return exactInteger(view.getBigInt64(skip(8)));
      case 0xd9:
        return text(view.getUint8(skip(1)));
      case 0xda:
        return text(view.getUint16(skip(2)));
      case 0xdb:
        return text(view.getUint32(skip(4)));
      case 0xdc:
        return list(view.getUint16(skip(2)));
      case 0xdd:
        return list(view.getUint32(skip(4)));
      case 0xde:
        return map(view.getUint16(skip(2)));
      case 0xdf:
        return map(view.getUint32(skip(4)));
      default:
        throw new Error(`token ${token} was not refused`);
    }
  };
  return read();
}

/** Some integers beyond 2^53 are doubles, too; the others would become a neighbour without anybody noticing. */
function exactInteger(integer: bigint): number {
  const number = Number(integer);
  if (BigInt(number) === integer) return number;
  return integer > 0n ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
