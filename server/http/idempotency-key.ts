import { createHash } from 'node:crypto';
import { headerSchema } from '../../protocol/parameters.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpRequest } from '../transport/http-types.ts';
import type { BodyFormat } from './formats.ts';
import type { Parameter } from './parameters.ts';
import { problem } from './problem.ts';
import type { ParameterDoc } from './route-doc.ts';

const KEY = new RegExp(`^[ -~]{1,${HTTP_LIMITS.idempotencyKeyLength}}$`);

export const KEY_PARAMETER: Readonly<Record<string, ParameterDoc>> = {
  'Idempotency-Key': {
    in: 'header',
    schema: headerSchema(HTTP_LIMITS.idempotencyKeyLength),
    description: 'Names the request, so that it can be sent again',
  },
};

export function idempotencyKey(request: HttpRequest): Parameter<string | undefined> {
  const [key, ...otherKeys] = request.headers('idempotency-key');
  if (otherKeys.length > 0) {
    return { ok: false, reply: problem('malformed', 'a request has one Idempotency-Key at most') };
  }
  if (key === undefined || KEY.test(key)) return { ok: true, value: key };
  const form = `1 to ${HTTP_LIMITS.idempotencyKeyLength} printable ASCII characters`;
  return { ok: false, reply: problem('malformed', `the Idempotency-Key must be ${form}`) };
}

/** The same bytes mean something else in another format, and to another route (`about`). */
export function bodyHash(format: BodyFormat, body: Uint8Array, about = ''): string {
  return createHash('sha256').update(`${format}\n${about}`).update(body).digest('base64url');
}
