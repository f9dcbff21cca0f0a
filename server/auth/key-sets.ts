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
  if (/^https?:\/\//.test(source)) return { algorithms: ALGORITHMS, resolve: remoteKeys(new URL(source)) };
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
  return parsed as JSONWebKeySet;
}
