import { describe, expect, it } from 'vitest';
import { BOARD_TOP_MAX, boardSettingsChecker, DEFAULT_BOARD_CONFIG } from './boards.ts';

describe("a board's settings", () => {
  it.each<[string, unknown]>([
    ['nothing', {}],
    ['the defaults', DEFAULT_BOARD_CONFIG],
    ['an order', { order: 'asc' }],
    ['ties', { ties: 'first' }],
    ['a top of one', { top: 1 }],
    ['the largest top', { top: BOARD_TOP_MAX }],
  ])('may be %s', (_, settings) => {
    expect(boardSettingsChecker.check(settings)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'must be an object'],
    ['null', null, 'must be an object'],
    ['another order', { order: 'up' }, '"order" must be one of: desc, asc'],
    ['another rule for ties', { ties: 1 }, '"ties" must be one of: member, first'],
    ['a top of nothing', { top: 0 }, '"top" must be >= 1'],
    ['a top beyond the limit', { top: BOARD_TOP_MAX + 1 }, '"top" must be <= 1000'],
    ['half a row', { top: 1.5 }, '"top" must be integer'],
    ['NaN rows', { top: Number.NaN }, '"top" must be a finite number'],
    ['a field that no board has', { limit: 5 }, 'must not have "limit"'],
  ])('may not be %s, and the refusal says why', (_, settings, message) => {
    expect(boardSettingsChecker.check(settings)).toBe(false);
    expect(boardSettingsChecker.explain(settings)).toBe(message);
  });
});
