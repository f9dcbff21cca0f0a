import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { StartError } from '../../runtime/errors.ts';
import { KeysUnavailableError, type VerificationKey } from './tokens.ts';

/** Public keys only; which one of them a key is good for is decided by its own type. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
const KEY_TYPES: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/**
 * `source` is a JSON Web Key Set: its URL (fetched when first needed, kept for ten minutes, and again at an unknown
 * key), its text, or the path of a file (read once). Where several keys have one type, tokens must name theirs (`kid`).
 */
export function keySet(source: string): VerificationKey {
  if (/^https?:\/\//.test(source)) {
    if (!URL.canParse(source)) throw new StartError('AUTH_JWKS: is not a URL that can be read');
    return { algorithms: ALGORITHMS, resolve: remoteKeys(new URL(source)) };
  }
  const text = source.trimStart().startsWith('{') ? source : readKeyFile(source);
  return { algorithms: ALGORITHMS, resolve: createLocalJWKSet(parseKeySet(text)) };
}

function remoteKeys(url: URL): JWTVerifyGetKey {
  const resolve = createRemoteJWKSet(url);
  return async (header, token) => {
    try {
      return await resolve(header, token);
    } catch (error) {
      const isRefusal =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isRefusal) throw error;
      throw new KeysUnavailableError('the keys of AUTH_JWKS could not be fetched', { cause: error });
    }
  };
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new StartError('AUTH_JWKS: is neither a URL, nor a JSON Web Key Set, nor a file that can be read', {
      cause,
    });
  }
}

function parseKeySet(text: string): JSONWebKeySet {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new StartError('AUTH_JWKS: is not JSON');
  }
  const keys = (parsed as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new StartError('AUTH_JWKS: must be an object with a list of "keys"');
  // A shared secret (`oct`) in a key set would make every reader of the set an issuer.
  const isPublic = (key: { kty?: unknown; d?: unknown } | null) =>
    KEY_TYPES.has(key?.kty) && key?.d === undefined;
  if (keys.length === 0 || !keys.every(isPublic)) {
    throw new StartError('AUTH_JWKS: must hold public RSA, EC or OKP keys, and nothing else');
  }
  const uses = (keys as JsonWebKey[]).map(useOf);
  if (uses.includes('broken')) {
    throw new StartError(`AUTH_JWKS: key ${uses.indexOf('broken') + 1} of the set is not a whole key`);
  }
  if (!uses.includes('verifies')) {
    throw new StartError('AUTH_JWKS: has no key for RS256 (2048 bits or more), ES256 or EdDSA');
  }
  return parsed as JSONWebKeySet;
}

/** A key that no token can be verified with would only show as refused tokens. */
function useOf(key: JsonWebKey): 'verifies' | 'none' | 'broken' {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey({
      key,
      format: 'jwk',
    });
    const verifies =
      type === 'ed25519' ||
      (type === 'ec' && details?.namedCurve === 'prime256v1') ||
      (type === 'rsa' && (details?.modulusLength ?? 0) >= LEAST_RSA_BITS);
    return verifies ? 'verifies' : 'none';
  } catch {
    return 'broken';
  }
}

/** The least that RFC 7518 permits, and that the verifying library takes. */
const LEAST_RSA_BITS = 2048;
