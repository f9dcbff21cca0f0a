import type { ErrorCode } from '../../protocol/codes.ts';
import { assert } from '../../runtime/errors.ts';
import { PackedReader } from './packing.ts';

/** Numbers that stand for codes in stored records: never change one, only add. 0 is given by apply.lua: not finite. */
const NUMBERS: Readonly<Record<ErrorCode, number>> = {
  malformed: 1,
  unauthorized: 2,
  forbidden: 3,
  unknown_channel: 4,
  not_found: 5,
  conflict: 6,
  too_many_subscriptions: 7,
  too_large: 8,
  rate_limited: 9,
  unavailable: 10,
  resend: 11,
};

const CODES = new Map<number, ErrorCode>([
  [0, 'malformed'],
  ...(Object.entries(NUMBERS) as [ErrorCode, number][]).map(([code, number]) => [number, code] as const),
]);

export function numberOfCode(code: ErrorCode): number {
  return NUMBERS[code];
}

export function codeOfNumber(number: number): ErrorCode {
  const code = CODES.get(number);
  assert(code !== undefined, `the number ${number} stands for a code`);
  return code;
}

/** Refused numbers with their codes, as include-producers.lua packs them. */
export function parseRefusals(packed: Buffer): Map<number, ErrorCode> {
  const refusals = new Map<number, ErrorCode>();
  const reader = new PackedReader(packed);
  while (!reader.isAtEnd) refusals.set(reader.double(), codeOfNumber(reader.byte()));
  return refusals;
}
