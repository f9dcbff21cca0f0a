import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('gives a burst of one second, then so many per second, and says how long to wait', () => {
    const bucket = new TokenBucket(4, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 0]);
    expect(bucket.take(0)).toBe(250);
    expect(bucket.take(100)).toBe(150);
    expect(bucket.take(250)).toBe(0);
    expect(bucket.take(250)).toBe(250);
  });

  it('saves up no more than one second, and survives a clock that goes back', () => {
    const bucket = new TokenBucket(2, 0);
    const taken = Array.from({ length: 5 }, () => bucket.take(1_000_000));
    expect(taken.filter((wait) => wait === 0)).toHaveLength(2);
    expect(bucket.take(0)).toBeGreaterThan(0);
  });

  it('has no limit where it is 0', () => {
    const bucket = new TokenBucket(0, 0);
    for (let i = 0; i < 1000; i++) expect(bucket.take(0)).toBe(0);
  });
});
