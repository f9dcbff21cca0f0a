/** The house rules that a reader relies on, proven by reading the tree. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findCycles, importsOf, listFiles, readImports } from './support/source-tree.ts';

/** Which folders a folder may import besides itself. What is not named here has no rule yet, and fails. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  protocol: [],
  scoring: ['protocol'],
  contest: ['runtime', 'protocol', 'scoring'],
  store: ['runtime', 'protocol', 'scoring'],
  bus: ['runtime', 'protocol', 'contest'],
  broadcaster: ['runtime', 'protocol', 'scoring', 'contest', 'store', 'bus'],
  server: ['runtime', 'protocol', 'scoring', 'contest', 'store', 'bus'],
  archiver: ['runtime', 'protocol', 'store'],
  client: ['protocol'],
  web: ['protocol', 'client', 'scoring'],
  // It starts real servers just as the tests do.
  loadtest: ['protocol', 'scoring', 'test'],
};

/** Parts of one folder that must not know each other. */
const STRANGERS = [['server/ingest/', 'server/gateway/']] as const;

/** They put the parts together, so they may import anything. */
const ANYTHING = /^(cli|scripts|bench|test)\/|^[^/]+$/;

/** The one file or folder that imports a library. Changing a library means changing what is behind one door. */
const HOMES: Readonly<Record<string, string>> = {
  '@opentelemetry/api': 'runtime/otlp-traces.ts',
  '@opentelemetry/exporter-trace-otlp-http': 'runtime/otlp-traces.ts',
  '@opentelemetry/resources': 'runtime/otlp-traces.ts',
  '@opentelemetry/sdk-trace-base': 'runtime/otlp-traces.ts',
  '@fontsource-variable/archivo': 'web/src/mount-page.ts',
  autocannon: 'loadtest/load/http-publisher.ts',
  'hdr-histogram-js': 'loadtest/latencies.ts',
  'uWebSockets.js': 'server/transport/',
  ioredis: 'store/redis/',
  jose: 'server/auth/',
  msgpackr: 'protocol/msgpack-codec.ts',
  nats: 'bus/nats-bus.ts',
  pg: 'archiver/postgres/',
  pino: 'runtime/logger.ts',
  'prom-client': 'runtime/metrics.ts',
  svelte: 'web/',
  'swagger-ui-dist': 'web/docs/docs.ts',
  tsx: 'loadtest/viewers/fleet.ts',
  typebox: 'protocol/',
  uplot: 'web/src/match/charts/',
  ws: 'loadtest/',
};

const MAX_SOURCE_LINES = 300;
const MAX_TEST_LINES = 600;
/** Files that may be longer, each with the reason why. */
const LONGER: Readonly<Record<string, string>> = {};

const files = listFiles();
const isTest = (file: string): boolean => /\.(test|contract)\.ts$/.test(file) || file.startsWith('test/');
const isProduct = (file: string): boolean => !isTest(file) && !ANYTHING.test(file);
const folderOf = (file: string): string => file.split('/')[0] ?? '';
const imports = readImports(files);
const productImports = imports.filter(({ from }) => isProduct(from));

describe('imports', () => {
  test('are found in all their forms', () => {
    // Behind a bar, so that they are not taken for imports of this file.
    const source = `
| import a from './a.ts';
| import type { B } from "../b.ts";
| import {
|   c,
|   type D,
| } from './c/d.ts';
| export * from './e.ts';
| export { f } from 'lib/f';
| import './g.css?raw';
| const h = await import('@scope/h/deep');
| import{i}from'node:fs';
|   import J from '../J.svelte';
| const text = "nothing from './k.ts'";
| import.meta.resolve('./l.ts'); // not from './m.ts'
`.replaceAll(/^\| /gm, '');
    const found = importsOf('x/y.ts', source).map(({ file, library }) => file ?? library);
    expect(found.toSorted()).toEqual(
      [
        'x/a.ts',
        'b.ts',
        'x/c/d.ts',
        'x/e.ts',
        'lib',
        'x/g.css',
        '@scope/h',
        'J.svelte',
        'node:fs',
      ].toSorted(),
    );
  });

  test.each(Object.keys(MAY_IMPORT))('of %s/ point leftward only', (folder) => {
    const own = productImports.filter(({ from }) => folderOf(from) === folder);
    expect(own.length).toBeGreaterThan(0);
    const allowed = new Set([folder, ...(MAY_IMPORT[folder] ?? [])]);
    const wrong = own.filter(({ file }) => file !== undefined && !allowed.has(folderOf(file)));
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  test('have a rule in every folder', () => {
    const folders = new Set(
      imports
        .map(({ from }) => from)
        .filter(isProduct)
        .map(folderOf),
    );
    expect([...folders].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  test.each(STRANGERS)('never join %s and %s', (one, other) => {
    for (const folder of [one, other]) {
      expect(productImports.some(({ from }) => from.startsWith(folder))).toBe(true);
    }
    const wrong = productImports.filter(
      ({ from, file }) =>
        (from.startsWith(one) && file?.startsWith(other)) ||
        (from.startsWith(other) && file?.startsWith(one)),
    );
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  test('lead to files that exist', () => {
    const known = new Set(files);
    const wrong = imports.filter(
      ({ file }) => file !== undefined && !known.has(file) && !file.startsWith('dist/'),
    );
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  test('of the product never lead to tests', () => {
    const shell = imports.filter(
      ({ from }) => /^(app|main|settings)\.ts$|^cli\//.test(from) && !isTest(from),
    );
    const wrong = [...productImports, ...shell].filter(
      ({ from, file }) => file !== undefined && isTest(file) && folderOf(from) !== 'loadtest',
    );
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  test('of what browsers run never lead to what is for Node only', () => {
    const wrong = productImports.filter(
      ({ from, file }) => !from.startsWith('client/node/') && file?.startsWith('client/node/'),
    );
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  test('are found to form a cycle where they do', () => {
    const graph = { a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e'], e: ['b'], f: ['a'] };
    const edges = Object.entries(graph).flatMap(([from, to]) =>
      to.map((file) => ({ from, specifier: file, file })),
    );
    expect(findCycles(edges)).toEqual([['b', 'd', 'e', 'b']]);
    expect(findCycles(edges.filter(({ from }) => from !== 'e'))).toEqual([]);
  });

  test('form no cycle', () => {
    expect(findCycles(imports).map((cycle) => cycle.join(' → '))).toEqual([]);
  });
});

describe('a library', () => {
  const isNode = (library: string): boolean => library.startsWith('node:');

  test.each(Object.entries(HOMES))('%s is imported by %s only', (library, home) => {
    const importing = productImports.filter((each) => each.library === library).map(({ from }) => from);
    expect(importing.length).toBeGreaterThan(0);
    expect(importing.filter((from) => !from.startsWith(home))).toEqual([]);
  });

  test('has a home if the product imports it, and is a dependency', () => {
    const used = new Set(
      productImports.flatMap(({ library }) => library ?? []).filter((each) => !isNode(each)),
    );
    expect([...used].toSorted()).toEqual(Object.keys(HOMES).toSorted());
    const { dependencies } = readPackage();
    expect(Object.keys(dependencies).filter((each) => HOMES[each] === undefined)).toEqual([]);
  });

  test('of Node is nowhere needed by contests, but for the one file that knows threads', () => {
    const own = productImports.filter(({ from }) => folderOf(from) === 'contest');
    const needing = own.filter(({ library }) => library !== undefined && isNode(library));
    expect(needing.map(({ from, library }) => `${from} imports ${library}`)).toEqual([
      'contest/host/thread.ts imports node:worker_threads',
    ]);
  });

  test('is nowhere needed by what is pure', () => {
    const pure = productImports.filter(
      ({ from }) => ['protocol', 'client'].includes(folderOf(from)) && !from.startsWith('client/node/'),
    );
    const wrong = pure.filter(({ library }) => library !== undefined && isNode(library));
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });
});

describe('a file', () => {
  const counted = files
    .filter((file) => /\.(ts|mts|js|svelte|lua|sh)$/.test(file))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }));
  const maxLinesOf = (file: string): number => (isTest(file) ? MAX_TEST_LINES : MAX_SOURCE_LINES);

  test('is short enough to be read at once', () => {
    expect(counted.length).toBeGreaterThan(100);
    const long = counted.filter(({ file, lines }) => lines > maxLinesOf(file) && LONGER[file] === undefined);
    expect(long).toEqual([]);
  });

  test('is on the list of longer ones only while it is longer', () => {
    const lengths = new Map(counted.map(({ file, lines }) => [file, lines]));
    const stale = Object.keys(LONGER).filter((file) => (lengths.get(file) ?? 0) <= maxLinesOf(file));
    expect(stale).toEqual([]);
  });

  test('leaves nothing for later', () => {
    const marks = new RegExp(
      `\\b(${['TO', 'FIX'].map((start, at) => start + ['DO', 'ME'][at]).join('|')})\\b`,
    );
    const texts = files.filter((file) => /\.(ts|mts|js|svelte|css|html|lua|md|json|sh|yml)$/.test(file));
    expect(texts.length).toBeGreaterThan(100);
    const marked = texts.filter(
      (file) => file !== 'package-lock.json' && marks.test(readFileSync(file, 'utf8')),
    );
    expect(marked).toEqual([]);
    expect(marks.test(`// ${'TO'}${'DO'}: later`)).toBe(true);
  });
});

describe('a Lua script', () => {
  const scripts = files.filter((file) => file.endsWith('.lua'));
  const isShared = (file: string): boolean => file.includes('/include-');

  test('says in its header what it does and what KEYS, ARGV and the result are', () => {
    expect(scripts.length).toBeGreaterThan(5);
    const wrong = scripts.filter((file) => {
      const source = readFileSync(file, 'utf8');
      const required = [/^-- \S/];
      if (!isShared(file)) required.push(/^-- KEYS\b/m, /^-- Returns\b/m);
      if (/\bARGV\s*\[|#ARGV\b/.test(source)) required.push(/^-- ARGV\b/m);
      return !required.every((each) => each.test(headerOf(source)));
    });
    expect(wrong).toEqual([]);
  });

  test('shares only functions that are given what they need', () => {
    const shared = scripts.filter(isShared);
    expect(shared.length).toBeGreaterThan(0);
    const wrong = shared.filter((file) => /\b(KEYS|ARGV)\s*\[/.test(readFileSync(file, 'utf8')));
    expect(wrong).toEqual([]);
  });

  /** The comment at the top, after an engine flag. */
  function headerOf(source: string): string {
    const lines = source.replace(/^#!.*\n/, '').split('\n');
    const end = lines.findIndex((line) => !line.startsWith('--'));
    return lines.slice(0, end < 0 ? undefined : end).join('\n');
  }
});

describe('the documentation', () => {
  test('names only commands that exist', () => {
    const { scripts } = readPackage();
    const documents = files.filter((file) => /^(README\.md|docs\/.*\.md)$/.test(file));
    expect(documents).toContain('README.md');
    const named = documents.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test|start)\b)/g)].map(
        (match) => ({
          file,
          script: match[1] ?? match[2] ?? '',
        }),
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });
});

function readPackage(): { scripts: Record<string, string>; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync('package.json', 'utf8'));
}
