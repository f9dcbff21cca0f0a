import { AUTH_LIMITS } from '../limits.ts';
import type { Identity } from './identity.ts';
import { arePatterns, compilePatterns, type Matcher } from './patterns.ts';

export type ReadClaims =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly message: string };

/**
 * Who the claims speak of. A claim of the wrong form refuses the token: ignoring it would give less than was meant,
 * and nobody would know why. `everybodyMay` is what one may subscribe to without a token: having one is never less.
 */
export function readClaims(claims: Readonly<Record<string, unknown>>, everybodyMay: Matcher): ReadClaims {
  const { sub = '', exp, subscribe = [], publish = [], admin = false } = claims;
  if (typeof sub !== 'string' || sub.length > AUTH_LIMITS.subjectLength) return wrong('sub');
  if (exp !== undefined && (typeof exp !== 'number' || !Number.isFinite(exp))) return wrong('exp');
  if (!arePatterns(subscribe)) return wrong('subscribe');
  if (!arePatterns(publish)) return wrong('publish');
  if (typeof admin !== 'boolean') return wrong('admin');
  const expiry = exp === undefined ? {} : { expiresAt: exp * 1000 };
  if (admin) {
    const identity = { subject: sub, admin, ...expiry, maySubscribe: () => true, mayPublish: () => true };
    return { ok: true, identity };
  }
  const mayToo = compilePatterns(subscribe);
  const maySubscribe: Matcher = (channel) => everybodyMay(channel) || mayToo(channel);
  const publishesNothing = publish.length === 0;
  const mayPublish = compilePatterns(publish);
  return {
    ok: true,
    identity: { subject: sub, admin, ...expiry, maySubscribe, publishesNothing, mayPublish },
  };
}

function wrong(claim: string): ReadClaims {
  return { ok: false, message: `the token's "${claim}" claim is not of the documented form` };
}
