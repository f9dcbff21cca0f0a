import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StartError } from '../runtime/errors.ts';
import { parseNatsUrl, subjectOf } from './nats-address.ts';

describe('a NATS address', () => {
  test.each([
    ['nats://host', { server: 'host:4222', host: 'host', port: 4222, tls: false, credentials: {} }],
    ['host:4333', { server: 'host:4333', host: 'host', port: 4333, tls: false, credentials: {} }],
    ['tls://host:4444/', { server: 'host:4444', host: 'host', port: 4444, tls: true, credentials: {} }],
    ['nats://[::1]:4222', { server: '[::1]:4222', host: '::1', port: 4222, tls: false, credentials: {} }],
    [
      'nats://anna:p%40ss:1@10.0.0.1:5',
      {
        server: '10.0.0.1:5',
        host: '10.0.0.1',
        port: 5,
        tls: false,
        credentials: { user: 'anna', pass: 'p@ss:1' },
      },
    ],
    [
      'nats://t0ken@host:80',
      { server: 'host:80', host: 'host', port: 80, tls: false, credentials: { token: 't0ken' } },
    ],
  ])('%s is read', (url, address) => {
    expect(parseNatsUrl(url)).toEqual(address);
  });

  test.each([
    '',
    'nats://',
    'http://s3cret@host',
    'ws://s3cret@host',
    'nats://s3cret:%@host',
    'nats://s3cret@host:0x1',
  ])('"%s" is refused without being repeated', (url) => {
    expect(() => parseNatsUrl(url)).toThrow(StartError);
    expect(() => parseNatsUrl(url)).not.toThrow(/s3cret/);
  });
});

describe('the subject of a topic', () => {
  const topics = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('.', '*', '>', ' ', '\t', '\n', 'a'), maxLength: 20 }),
    fc.string({ minLength: 900, maxLength: 3000 }),
  );

  test('is two plain tokens, short enough for a line of the protocol', () => {
    fc.assert(
      fc.property(topics, (topic) => {
        expect(subjectOf(topic)).toMatch(/^scorewire\.[th][A-Za-z0-9_-]{0,1400}$/);
      }),
    );
  });

  test('differs where topics differ', () => {
    fc.assert(
      fc.property(topics, topics, (one, other) => {
        expect(subjectOf(one) === subjectOf(other)).toBe(one === other);
      }),
    );
  });
});
