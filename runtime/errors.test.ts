import { expect, test } from 'vitest';
import { assert, OperatingError, StartError } from './errors.ts';

class DiskFullError extends OperatingError {}

test('an operating failure carries its code, its cause and when to try again', () => {
  const cause = new Error('ENOSPC');
  const error = new DiskFullError('the disk is full', { cause, retryAfterMs: 250 });
  expect(error).toBeInstanceOf(OperatingError);
  expect(error).toMatchObject({ name: 'DiskFullError', code: 'unavailable', retryAfterMs: 250, cause });
  expect(new OperatingError('somewhere')).toMatchObject({ name: 'OperatingError', retryAfterMs: 1000 });
});

test('a start error is no operating failure: trying again would not help', () => {
  const cause = new Error('EADDRINUSE');
  const error = new StartError('PORT=1: is taken', { cause });
  expect(error).not.toBeInstanceOf(OperatingError);
  expect(String(error)).toBe('StartError: PORT=1: is taken');
  expect(error.cause).toBe(cause);
});

test('an assertion passes what is true and calls the rest a defect', () => {
  expect(() => assert(1 + 1 === 2, 'arithmetic')).not.toThrow();
  for (const falsy of [false, 0, '', null, undefined]) {
    expect(() => assert(falsy, 'a score is finite')).toThrow('defect: a score is finite');
  }
});
