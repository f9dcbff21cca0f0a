import { expect, it } from 'vitest';
import { ADMIN } from '../../test/support/identities.ts';
import { TokenCache } from './token-cache.ts';

const limits = { cachedTokens: 2, cachedTokenMs: 1000 };

it('the least recently used token goes first', () => {
  const cache = new TokenCache(limits);
  const [a, b, c] = ['a', 'b', 'c'].map((subject) => ({ ...ADMIN, subject })) as [
    typeof ADMIN,
    typeof ADMIN,
    typeof ADMIN,
  ];
  cache.add('token a', a, 0);
  cache.add('token b', b, 0);
  expect(cache.get('token a', 1)).toBe(a);
  cache.add('token c', c, 1);
  expect(cache.get('token b', 2)).toBeUndefined();
  expect(cache.get('token a', 2)).toBe(a);
  expect(cache.get('token c', 2)).toBe(c);
});

it('whoever is asked for again and again is the last one to go', () => {
  const cache = new TokenCache(limits);
  cache.add('token a', ADMIN, 0);
  cache.add('token b', ADMIN, 0);
  for (const token of ['token a', 'token a', 'token b', 'token a', 'token a']) cache.get(token, 1);
  cache.add('token c', ADMIN, 1);
  expect(cache.get('token b', 2)).toBeUndefined();
  cache.add('token a', ADMIN, 2);
  cache.add('token d', ADMIN, 2);
  expect(cache.get('token c', 2)).toBeUndefined();
  expect(cache.get('token a', 2)).toBe(ADMIN);
});

it('a token is remembered for a while, and never beyond its own end', () => {
  const cache = new TokenCache(limits);
  cache.add('short', { ...ADMIN, expiresAt: 500 }, 0);
  cache.add('long', { ...ADMIN, expiresAt: 5000 }, 0);
  expect(cache.get('short', 499)).toBeDefined();
  expect(cache.get('short', 500)).toBeUndefined();
  expect(cache.get('long', 999)).toBeDefined();
  expect(cache.get('long', 1000)).toBeUndefined();
});
