import { describe, expect, it } from 'vitest';
import { bearerToken, negotiate } from './negotiation.ts';

describe('negotiating the subprotocol', () => {
  it.each([
    ['', { encoding: 'json', subprotocol: '' }],
    ['scorewire.v1.json', { encoding: 'json', subprotocol: 'scorewire.v1.json' }],
    [
      'a,  scorewire.v1.msgpack ,scorewire.v1.json',
      { encoding: 'msgpack', subprotocol: 'scorewire.v1.msgpack' },
    ],
    ['scorewire.v2.json', undefined],
    ['SCOREWIRE.V1.JSON', undefined],
    [',', undefined],
  ])('of %j gives %j', (offered, expected) => {
    expect(negotiate(offered)).toEqual(expected);
  });
});

describe('a bearer token', () => {
  it.each([
    ['Bearer abc.def', 'abc.def'],
    ['bearer  abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['', undefined],
  ])('of %j is %j', (header, expected) => {
    expect(bearerToken(header)).toBe(expected);
  });
});
