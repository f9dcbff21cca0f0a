import { DecodeError } from '../../protocol/decode-error.ts';
import type { Checker } from '../../protocol/schema.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decodeBody, formatOf } from './formats.ts';
import type { Parameter } from './parameters.ts';
import { problem } from './problem.ts';

/** A small body of one value, such as settings, in JSON or MessagePack. */
export async function readBody<T>(
  request: HttpRequest,
  checker: Checker<T>,
  options: BodyOptions<T> = {},
): Promise<Parameter<T>> {
  const body = await readCheckedBody(request, checker, options);
  return body.ok ? { ok: true, value: body.value } : body;
}

export type CheckedBody<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly bytes: Uint8Array;
      readonly format: 'json' | 'msgpack';
    }
  | { readonly ok: false; readonly reply: HttpReply };

export interface BodyOptions<T> {
  /** What no bytes at all stand for, if that may be. */
  readonly empty?: T | undefined;
  readonly maxBytes?: number;
}

/** With what it was read from. */
export async function readCheckedBody<T>(
  request: HttpRequest,
  checker: Checker<T>,
  { empty, maxBytes = HTTP_LIMITS.settingsBodyBytes }: BodyOptions<T> = {},
): Promise<CheckedBody<T>> {
  const format = formatOf(request.header('content-type'));
  if (format === undefined || format === 'ndjson') {
    return { ok: false, reply: unsupportedFormat('JSON or MessagePack') };
  }
  const bytes = await request.body(maxBytes);
  if (empty !== undefined && bytes.length === 0) return { ok: true, value: empty, bytes, format };
  let value: unknown;
  try {
    value = decodeBody(format, bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ok: false, reply: problem(error.code, error.message) };
  }
  if (checker.check(value)) return { ok: true, value, bytes, format };
  return { ok: false, reply: problem('malformed', `the body is refused: ${checker.explain(value)}`) };
}

export function unsupportedFormat(formats: string) {
  return problem('malformed', `the Content-Type must be that of ${formats}`, { status: 415 });
}
