/**
 * The two kinds of names. An id is chosen by an engineer (a board, a product, a tournament) and is safe in
 * URLs, keys and subjects; a text is chosen by a person (a member, a player, a mode) and may be any UTF-8.
 */

export const ID_MAX_LENGTH = 64;
export const TEXT_MAX_BYTES = 128;

export const ID_PATTERN = `^[A-Za-z0-9_.-]{1,${ID_MAX_LENGTH}}$`;
export const ID_FORM = `1 to ${ID_MAX_LENGTH} of A-Z a-z 0-9 _ . -`;
export const TEXT_FORM = `any UTF-8 of 1 to ${TEXT_MAX_BYTES} bytes without control characters`;
const ID = new RegExp(ID_PATTERN);

export function isId(value: string): boolean {
  return ID.test(value);
}

/** Any UTF-8 of 1 to 128 bytes without control characters (C0, DEL, C1) and without lone surrogates. */
export function isText(value: string): boolean {
  const length = value.length;
  if (length === 0 || length > TEXT_MAX_BYTES) return false;
  let bytes = 0;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x80) {
      if (unit < 0x20 || unit === 0x7f) return false;
      bytes += 1;
    } else if (unit < 0x800) {
      if (unit < 0xa0) return false;
      bytes += 2;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes += 3;
    } else {
      // A lone surrogate has no UTF-8 form: it would come back as U+FFFD and be another member.
      const next = value.charCodeAt(i + 1);
      if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
      bytes += 4;
      i++;
    }
  }
  return bytes <= TEXT_MAX_BYTES;
}

/**
 * Ascending byte order of the UTF-8 forms, which is the order Redis gives to members of equal score.
 * JavaScript's `<` compares UTF-16 units instead and puts U+10000 and above before U+E000 to U+FFFF.
 */
export function compareByteOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
