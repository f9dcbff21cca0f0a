import { createHash } from 'node:crypto';
import { AUTH_LIMITS } from '../limits.ts';
import type { Identity } from './identity.ts';

interface Entry {
  readonly identity: Identity;
  readonly goodUntil: number;
}

/**
 * Tokens that were verified a moment ago, the least recently used one going first. Keyed by hash, so that no token
 * stays in memory. Refused tokens are not remembered, or guessing would push the good ones out.
 */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #limits: { readonly cachedTokens: number; readonly cachedTokenMs: number };

  constructor(limits: { readonly cachedTokens: number; readonly cachedTokenMs: number } = AUTH_LIMITS) {
    this.#limits = limits;
  }

  get(token: string, now: number): Identity | undefined {
    const key = hash(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.goodUntil <= now) return undefined;
    this.#entries.set(key, entry);
    return entry.identity;
  }

  add(token: string, identity: Identity, now: number): void {
    const goodUntil = Math.min(
      identity.expiresAt ?? Number.POSITIVE_INFINITY,
      now + this.#limits.cachedTokenMs,
    );
    this.#entries.set(hash(token), { identity, goodUntil });
    if (this.#entries.size <= this.#limits.cachedTokens) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
