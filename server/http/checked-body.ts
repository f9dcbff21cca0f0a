import { DecodeError } from '../../protocol/decode-error.ts';
import type { Checker } from '../../protocol/schema.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpRequest } from '../transport/http-types.ts';
import { decodeBody, formatOf } from './formats.ts';
import type { Parameter } from './parameters.ts';
import { problem } from './problem.ts';

/** A small body of one value, such as settings, in JSON or MessagePack. */
export async function readBody<T>(request: HttpRequest, checker: Checker<T>): Promise<Parameter<T>> {
  const format = formatOf(request.header('content-type'));
  if (format === undefined || format === 'ndjson') {
    return { ok: false, reply: unsupportedFormat('JSON or MessagePack') };
  }
  const bytes = await request.body(HTTP_LIMITS.settingsBodyBytes);
  let value: unknown;
  try {
    value = decodeBody(format, bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ok: false, reply: problem(error.code, error.message) };
  }
  if (checker.check(value)) return { ok: true, value };
  return { ok: false, reply: problem('malformed', `the body is refused: ${checker.explain(value)}`) };
}

export function unsupportedFormat(formats: string) {
  return problem('malformed', `the Content-Type must be that of ${formats}`, { status: 415 });
}
