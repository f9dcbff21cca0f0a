import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { StartError } from '../../runtime/errors.ts';
import { parseRedisUrl } from './redis-url.ts';

describe('the URL of Redis', () => {
  test.each([
    [
      'redis://localhost',
      { host: 'localhost', port: 6379, db: 0, tls: false, shown: 'redis://localhost:6379' },
    ],
    [
      'redis://10.0.0.1:7000/2',
      { host: '10.0.0.1', port: 7000, db: 2, tls: false, shown: 'redis://10.0.0.1:7000/2' },
    ],
    ['rediss://h:1/', { host: 'h', port: 1, db: 0, tls: true, shown: 'rediss://h:1' }],
    ['redis://[::1]:5', { host: '::1', port: 5, db: 0, tls: false, shown: 'redis://[::1]:5' }],
    [
      'redis://user:p%40ss@h',
      {
        host: 'h',
        port: 6379,
        db: 0,
        tls: false,
        username: 'user',
        password: 'p@ss',
        shown: 'redis://user:***@h:6379',
      },
    ],
    [
      'redis://:100%25%@h',
      { host: 'h', port: 6379, db: 0, tls: false, password: '100%25%', shown: 'redis://:***@h:6379' },
    ],
  ])('%s is understood', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  test.each([
    '',
    'localhost:6379',
    'http://user:s3cret@h',
    'redis://',
    'redis://:s3cret@h/zero',
    'redis://:s3cret@h:99999',
    'redis:///tmp/s3cret.sock',
  ])('%j is refused without repeating it', (url) => {
    let failure: unknown;
    try {
      parseRedisUrl(url);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(StartError);
    expect(String(failure)).toContain('redis://[user:password@]host');
    expect(inspect(failure)).not.toContain('s3cret');
  });
});
