import { randomBytes } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { assert } from '../../runtime/errors.ts';
import { AUTH_LIMITS } from '../limits.ts';
import { readClaims } from './claims.ts';
import type { Authentication, Authenticator, Identity } from './identity.ts';
import { keySet } from './key-sets.ts';
import { compilePatterns } from './patterns.ts';
import { TokenCache } from './token-cache.ts';
import { secretKey, signToken, verifyToken } from './tokens.ts';

export interface AuthenticatorSettings {
  /** HS256. */
  readonly secret?: string | undefined;
  /** RS256, ES256, EdDSA: a JSON Web Key Set as URL, text or path of a file. */
  readonly jwks?: string | undefined;
  /** Patterns of what may be subscribed to without a token. */
  readonly anonymousSubscribe: readonly string[];
  /** Neither secret nor key set: everybody may subscribe to everything, and publishing takes the token of this run. */
  readonly open: boolean;
}

export interface TokenAuthenticator extends Authenticator {
  /** In open mode only: an admin token that is good until this process ends. */
  readonly issueToken?: () => Promise<string>;
}

/**
 * Tokens without `exp` are allowed: publishers are often machines whose token lives in a vault, and changing the
 * secret or the key revokes it. Throws `StartError` where the key set can't be used.
 */
export function createAuthenticator(
  settings: AuthenticatorSettings,
  deps: { readonly clock: Clock },
): TokenAuthenticator {
  const { secret, jwks, open } = settings;
  assert(open === (secret === undefined && jwks === undefined), 'open is the mode without any key');
  assert(secret === undefined || jwks === undefined, 'one key, since the key fixes the algorithm');
  const runSecret = open ? randomBytes(32).toString('base64url') : undefined;
  const key = jwks === undefined ? secretKey(secret ?? runSecret ?? '') : keySet(jwks);
  const everybodyMay = open ? () => true : compilePatterns(settings.anonymousSubscribe);
  const anonymous: Identity = {
    subject: '',
    admin: false,
    maySubscribe: everybodyMay,
    publishesNothing: true,
    mayPublish: () => false,
  };
  const cache = new TokenCache();

  const authenticate = async (token: string): Promise<Authentication> => {
    if (token.length > AUTH_LIMITS.tokenLength) return refused('the token is too long');
    const now = deps.clock.now();
    const known = cache.get(token, now);
    if (known !== undefined) return { ok: true, identity: known };
    const verification = await verifyToken(token, key, now);
    if (!verification.ok) return refused(verification.message);
    const read = readClaims(verification.claims, everybodyMay);
    if (!read.ok) return refused(read.message);
    cache.add(token, read.identity, now);
    return { ok: true, identity: read.identity };
  };

  const remembered = (token: string): Identity | undefined =>
    token.length > AUTH_LIMITS.tokenLength ? undefined : cache.get(token, deps.clock.now());

  if (runSecret === undefined) return { anonymous, remembered, authenticate };
  return {
    anonymous,
    remembered,
    authenticate,
    issueToken: () => signToken(runSecret, { sub: 'admin', admin: true }),
  };
}

function refused(message: string) {
  return { ok: false, code: 'unauthorized', message } as const;
}
