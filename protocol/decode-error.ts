/** Levels of arrays and objects inside one another; the deepest documented frame has 7. */
export const MAX_DEPTH = 32;

/** Why a message could not be decoded; the code is what the sender is told. */
export class DecodeError extends Error {
  readonly code: 'malformed' | 'too_large';

  constructor(code: 'malformed' | 'too_large', message: string) {
    super(message);
    this.name = 'DecodeError';
    this.code = code;
  }
}
