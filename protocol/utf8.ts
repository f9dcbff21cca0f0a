/** UTF-8 by hand: this folder compiles for every platform, so it has no TextDecoder. */

/** How many bytes the text has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair makes two of its four bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** Whether the bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end) {
    const lead = bytes[i] as number;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > end) return false;
    const second = bytes[i + 1] as number;
    if (second < LEAST_SECOND(lead) || second > MOST_SECOND(lead)) return false;
    for (let k = 2; k < length; k++) {
      if (((bytes[i + k] as number) & 0xc0) !== 0x80) return false;
    }
    i += length;
  }
  return true;
}

// Overlong forms (E0, F0), surrogates (ED) and what is above U+10FFFF (F4) show in the second byte.
const LEAST_SECOND = (lead: number): number => (lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80);
const MOST_SECOND = (lead: number): number => (lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf);

/** The text of bytes that `isUtf8` has found good. Unlike a TextDecoder it keeps a leading U+FEFF. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let i = start;
  const rest = (): number => (bytes[i++] as number) & 0x3f;
  while (i < end) {
    const lead = bytes[i++] as number;
    let point = lead;
    if (lead >= 0xf0) point = ((lead & 0x07) << 18) | (rest() << 12) | (rest() << 6) | rest();
    else if (lead >= 0xe0) point = ((lead & 0x0f) << 12) | (rest() << 6) | rest();
    else if (lead >= 0x80) point = ((lead & 0x1f) << 6) | rest();
    text += String.fromCodePoint(point);
  }
  return text;
}
