import { expect, test } from 'vitest';
import { SendWindow } from './send-window.ts';

test('a send window has room up to its limit, and again after a confirmation', () => {
  const window = new SendWindow(160);
  const confirmed = window.add(10);
  expect(window.hasRoom(150)).toBe(true);
  expect(window.hasRoom(151)).toBe(false);
  window.add(150);
  expect(window.hasRoom(1)).toBe(false);
  confirmed?.();
  expect(window.hasRoom(10)).toBe(true);
  expect(window.hasRoom(11)).toBe(false);
});

test('a send window asks for a confirmation after every sixteenth of its limit', () => {
  const window = new SendWindow(160);
  const asked = Array.from({ length: 20 }, () => window.add(4) !== undefined);
  expect(asked.filter(Boolean)).toHaveLength(6);
  expect(asked.slice(0, 6)).toEqual([false, false, true, false, false, true]);
});

test('a send window takes confirmations that come late or twice', () => {
  const window = new SendWindow(32);
  const first = window.add(16);
  const second = window.add(16);
  second?.();
  first?.();
  second?.();
  expect(window.hasRoom(32)).toBe(true);
  expect(window.hasRoom(33)).toBe(false);
});
