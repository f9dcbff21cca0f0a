import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isText } from '../../../protocol/names.ts';
import { formatLocation, isBoardName, parseLocation } from './location.ts';

test('an address comes back as it was written, whatever the member is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }).filter(isText), fc.boolean(), (member, bigScreen) => {
      const location = { board: 'arena@daily', member, bigScreen };
      expect(parseLocation(formatLocation(location))).toEqual(location);
    }),
  );
});

test('what is not a name is left out', () => {
  expect(parseLocation('?board=no%20board&me=')).toEqual({ bigScreen: false });
  expect(parseLocation('')).toEqual({ bigScreen: false });
  expect(formatLocation({ bigScreen: false })).toBe('');
});

test('a board may carry a window', () => {
  expect(isBoardName('arena@daily')).toBe(true);
  expect(isBoardName('arena@yearly')).toBe(false);
  expect(isBoardName('')).toBe(false);
});
