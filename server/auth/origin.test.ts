import { describe, expect, it } from 'vitest';
import { hostAllowed, isOrigin, originAllowed } from './origin.ts';

describe('in open mode', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LocalHost:1',
    'app.localhost',
    'a.b.localhost:3000',
    '127.0.0.1',
    '127.0.0.1:8080',
    '127.255.255.255',
    '[::1]',
    '[::1]:8080',
  ])('Host %s is answered', (host) => {
    expect(hostAllowed(host, { open: true })).toBe(true);
  });

  it.each([
    '',
    'example.com',
    'localhost.example.com',
    'notlocalhost',
    '.localhost',
    '127.0.0.1.example.com',
    '127.0.0.256',
    '127.0.1',
    '128.0.0.1',
    '0.0.0.0',
    '[::2]',
    '::1',
    'localhost:port',
    'localhost@example.com',
    'example.com#localhost',
    'localhost, example.com',
    'localhost\u0000',
  ])('Host %j is not', (host) => {
    expect(hostAllowed(host, { open: true })).toBe(false);
  });
});

it('with a key every Host is answered', () => {
  expect(hostAllowed('scores.example.com', { open: false })).toBe(true);
  expect(hostAllowed('', { open: false })).toBe(true);
});

describe('an Origin', () => {
  const listed = ['https://app.example.com', 'http://localhost:5173/'];
  it.each([
    ['', 'any', 'absent'],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', 'this host'],
    ['https://scores.example.com', 'scores.example.com', 'this host behind TLS'],
    ['https://scores.example.com', 'Scores.Example.com:443', 'this host with the default port written out'],
    ['http://[::1]:8080', '[::1]:8080', 'this host by its IPv6 address'],
    ['https://app.example.com', 'scores.example.com', 'listed'],
    ['https://APP.example.com:443', 'scores.example.com', 'listed, written differently'],
    ['http://localhost:5173', 'localhost:8080', 'listed with a slash'],
  ])('%s for Host %s is allowed: %s', (origin, host) => {
    expect(originAllowed(origin, host, listed)).toBe(true);
  });

  it.each([
    ['https://evil.example', 'scores.example.com', 'another host'],
    ['http://127.0.0.1:9090', '127.0.0.1:8080', 'another port'],
    ['http://app.example.com', 'scores.example.com', 'listed with another scheme'],
    ['null', 'scores.example.com', 'opaque'],
    ['null', 'null', 'opaque, and the Host too'],
    ['https://scores.example.com@evil.example', 'scores.example.com', 'with a user'],
    ['https://scores.example.com/path', 'scores.example.com', 'with a path'],
    ['file://', '', 'a file'],
    ['http://', '', 'nothing'],
    ['https://scores.example.com', '', 'no Host'],
  ])('%s for Host %j is refused: %s', (origin, host) => {
    expect(originAllowed(origin, host, listed)).toBe(false);
  });
});

describe('a listed origin', () => {
  it.each([
    'https://example.com',
    'http://localhost:3000',
    'https://example.com/',
    'http://[::1]:80',
    'app://host',
    'null',
  ])('can be %s', (origin) => expect(isOrigin(origin)).toBe(true));

  it.each([
    'example.com',
    '*',
    'https://*.example.com',
    'https://',
    'https://a/path',
    'https://a:port',
    'https://u@a',
    '',
  ])('can not be %j, which no browser sends', (origin) => expect(isOrigin(origin)).toBe(false));
});
