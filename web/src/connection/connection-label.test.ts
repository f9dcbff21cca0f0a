import { expect, test } from 'vitest';
import type { ConnectionState } from '../../../client/index.ts';
import { labelConnection } from './connection-label.ts';

const now = new Date(2026, 10, 21, 14, 3, 30).getTime();
const staleSince = now - 8000;
const open: ConnectionState = { state: 'open', session: 's', node: 'n' };

test('an open connection with a live board is live', () => {
  expect(labelConnection({ connection: open, status: 'live', staleSince: undefined, now })).toEqual({
    tone: 'live',
    label: 'Live',
  });
});

test('a source that is away tells since when', () => {
  expect(labelConnection({ connection: open, status: 'stale', staleSince, now }, 'de')).toEqual({
    tone: 'stale',
    label: 'Stale since 14:03:22',
  });
});

test('a lost connection counts down and tells how old the board is', () => {
  const connection: ConnectionState = { state: 'waiting', retryAt: now + 2100, reason: '' };
  expect(labelConnection({ connection, status: 'stale', staleSince, now }, 'de')).toEqual({
    tone: 'stale',
    label: 'Reconnecting in 3 s · as of 14:03:22',
  });
  expect(labelConnection({ connection, status: 'pending', staleSince: undefined, now: now + 9000 })).toEqual({
    tone: 'waiting',
    label: 'Reconnecting in 1 s',
  });
});

test('a closed connection is down', () => {
  const connection: ConnectionState = { state: 'closed', code: 4502, reason: 'limit' };
  expect(labelConnection({ connection, status: 'ended', staleSince: undefined, now }).tone).toBe('down');
});
