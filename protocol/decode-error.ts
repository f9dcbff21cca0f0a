/** Levels of arrays and objects inside one another; the deepest documented frame has 7. */
export const MAX_DEPTH = 32;

/**
 * Elements of lists and entries of objects in one message, all levels together; an empty list or object counts as one.
 * A value may be a single byte on the wire and hundreds in memory, so bytes alone bound neither time nor memory.
 */
export const MAX_VALUES = 200_000;

/** Why a message could not be decoded; the code is what the sender is told. */
export class DecodeError extends Error {
  readonly code: 'malformed' | 'too_large';

  constructor(code: 'malformed' | 'too_large', message: string) {
    super(message);
    this.name = 'DecodeError';
    this.code = code;
  }
}
