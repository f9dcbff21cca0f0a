import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { OperatingError } from '../../runtime/errors.ts';

/** What a token says, as CONTRACT names it. Patterns are channel names and scopes in which `*` matches any run. */
export interface TokenClaims {
  readonly sub?: string;
  readonly subscribe?: readonly string[];
  readonly publish?: readonly string[];
  readonly admin?: boolean;
}

/**
 * A key and the algorithms that it fixes: what a token's header asks for never widens them, so a public key can't be
 * misused as a shared secret and `none` is never taken.
 */
export interface VerificationKey {
  readonly algorithms: readonly string[];
  readonly resolve: JWTVerifyGetKey;
}

/** `claims` are checked for their signature and times only. */
export type Verification =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly message: string };

export class KeysUnavailableError extends OperatingError {}

/** The secret is used as its UTF-8 bytes. Without `expiresInSeconds` the token is good as long as the secret is. */
export async function signToken(
  secret: string,
  claims: TokenClaims,
  expiresInSeconds?: number,
): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).setIssuedAt(nowSeconds);
  if (expiresInSeconds !== undefined) token.setExpirationTime(nowSeconds + expiresInSeconds);
  return token.sign(secretBytes(secret));
}

/** Messages never repeat anything out of the token. Rejects with `KeysUnavailableError` where the keys can't be fetched. */
export async function verifyToken(token: string, key: VerificationKey, nowMs: number): Promise<Verification> {
  try {
    const { payload } = await jwtVerify(token, key.resolve, {
      algorithms: [...key.algorithms],
      currentDate: new Date(nowMs),
    });
    return { ok: true, claims: payload };
  } catch (error) {
    return { ok: false, message: reasonOf(error) };
  }
}

export function secretKey(secret: string): VerificationKey {
  const bytes = secretBytes(secret);
  return { algorithms: ['HS256'], resolve: async () => bytes };
}

function secretBytes(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

function reasonOf(error: unknown): string {
  if (error instanceof KeysUnavailableError) throw error;
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the token's "${error.claim}" claim is refused`;
  if (error instanceof errors.JOSEError) return 'the token is refused';
  // Key material that does not fit the algorithm ends here too, as a plain TypeError.
  return 'the token is refused';
}
