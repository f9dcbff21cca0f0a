import { describe, expect, it } from 'vitest';
import { CLOSE_CODES, ERROR_CODES, shouldReconnect } from './codes.ts';

describe('error codes', () => {
  it('are all that clients may be given, each with a status and a meaning', () => {
    expect(Object.keys(ERROR_CODES).sort()).toEqual([
      'conflict',
      'forbidden',
      'malformed',
      'not_found',
      'rate_limited',
      'resend',
      'too_large',
      'too_many_subscriptions',
      'unauthorized',
      'unavailable',
      'unknown_channel',
    ]);
    for (const { status, means } of Object.values(ERROR_CODES)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(means).toMatch(/\.$/);
    }
  });
});

describe('close codes', () => {
  it('are distinct', () => {
    const codes = Object.values(CLOSE_CODES).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('tell by their hundred whether to connect again', () => {
    const again = Object.values(CLOSE_CODES).filter(({ code }) => shouldReconnect(code));
    expect(again.map(({ code }) => code)).toEqual([1001, 4001, 4002, 4003]);
  });

  it.each([
    [1005, true],
    [1006, true],
    [1011, true],
    [1012, true],
    [4000, true],
    [4499, true],
    [4500, false],
    [4999, false],
  ])('%i: reconnect %s', (code, expected) => {
    expect(shouldReconnect(code)).toBe(expected);
  });
});
