import type { ErrorCode } from '../protocol/codes.ts';

/** Why something is not done. It has changed nothing. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}
export interface Refused {
  readonly refused: Refusal;
}

export function refuse(code: ErrorCode, message: string): Refused {
  return { refused: { code, message } };
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'refused' in value;
}
