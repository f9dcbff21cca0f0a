/** docs/limits.md names every limit that the code names, with its value and a test, and none that is gone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ARCHIVER_LIMITS } from '../archiver/archiver-options.ts';
import { DEFAULT_BROADCASTER_LIMITS } from '../broadcaster/broadcaster-types.ts';
import { DEFAULT_TIMING } from '../bus/timing.ts';
import { DEFAULT_GATEWAY_TUNING } from '../server/gateway/gateway-options.ts';
import { AUTH_LIMITS, HTTP_LIMITS, INPUT_LIMITS } from '../server/limits.ts';
import { DEFAULT_STORE_OPTIONS } from '../store/store-options.ts';
import { listFiles } from './support/source-tree.ts';

interface Limit {
  readonly name: string;
  readonly value: number;
  readonly where: string;
}

const GROUPS: Readonly<Record<string, readonly [where: string, limits: object]>> = {
  INPUT_LIMITS: ['server/limits.ts', INPUT_LIMITS],
  HTTP_LIMITS: ['server/limits.ts', HTTP_LIMITS],
  AUTH_LIMITS: ['server/limits.ts', AUTH_LIMITS],
  DEFAULT_BROADCASTER_LIMITS: ['broadcaster/broadcaster-types.ts', DEFAULT_BROADCASTER_LIMITS],
  DEFAULT_ARCHIVER_LIMITS: ['archiver/archiver-options.ts', DEFAULT_ARCHIVER_LIMITS],
  DEFAULT_STORE_OPTIONS: ['store/store-options.ts', DEFAULT_STORE_OPTIONS],
  DEFAULT_GATEWAY_TUNING: ['server/gateway/gateway-options.ts', DEFAULT_GATEWAY_TUNING],
  DEFAULT_TIMING: ['bus/timing.ts', DEFAULT_TIMING],
};

/** Named like limits, and none that anybody could come up against: sizes of formats, pages and pauses of what tries again. */
const NO_LIMITS = new Set([
  ...['FIXMAP_MAX', 'SPREAD_MAX', 'NAMES_MAX', 'NAME_MAX_LENGTH', 'MAX_PAGE_ENTRIES', 'MAX_PAUSE_MS'],
  ...['MAX_SETTINGS', 'MAX_READS', 'MAX_NEW_WINDOWS', 'RECONNECT_MAX_MS', 'PROBE_MAX_MS'],
]);
const DECLARED = /^(?:export )?const ((?:MAX_[A-Z0-9_]+)|(?:[A-Z0-9]+_)*MAX(?:_[A-Z]+)*) = ([\d_ *.]+);/gm;

/** Such as `64 * 1024`. */
const productOf = (text: string): number =>
  text.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1);

const named = listFiles()
  .filter((file) =>
    /^(protocol|scoring|store|bus|broadcaster|server|archiver|client|runtime)\/.*(?<!\.test|\.contract)\.ts$/.test(
      file,
    ),
  )
  .flatMap((where) =>
    [...readFileSync(where, 'utf8').matchAll(DECLARED)].map(([, name = '', value = '']): Limit => {
      return { name, value: productOf(value), where };
    }),
  )
  .filter(({ name }) => !NO_LIMITS.has(name));
const grouped = Object.entries(GROUPS).flatMap(([group, [where, limits]]) =>
  Object.entries(limits).map(([key, value]): Limit => ({ name: `${group}.${key}`, value, where })),
);

const ROW = /^\| `([\w.]+)` \| (\d+) \| `([\w/.-]+)` \| (.*) \| (?:`([\w/.-]+)`)? ?\|$/gm;
const documented = [...readFileSync('docs/limits.md', 'utf8').matchAll(ROW)].map(
  ([, name = '', value, where = '', meaning = '', test]) => ({
    name,
    value: Number(value),
    where,
    meaning,
    test,
  }),
);
const key = ({ name, value, where }: Limit): string => `${where}: ${name} = ${value}`;

describe('docs/limits.md', () => {
  it('names each limit of the code with its value, and none that is gone', () => {
    expect(named.length).toBeGreaterThan(40);
    expect(documented.map(key).toSorted()).toEqual([...named, ...grouped].map(key).toSorted());
  });

  it('says of each what it bounds', () => {
    expect(documented.filter(({ meaning }) => meaning.length < 10).map(({ name }) => name)).toEqual([]);
  });

  it('names tests that name the limit', () => {
    const wrong = documented.filter(({ name, test }) => {
      if (test === undefined) return false;
      return !new RegExp(`\\b${name.split('.').at(-1)}\\b`).test(readFileSync(test, 'utf8'));
    });
    expect(wrong.map(({ name, test }) => `${name}: ${test}`)).toEqual([]);
    expect(documented.filter(({ test }) => test !== undefined).length).toBeGreaterThan(documented.length / 2);
  });
});
