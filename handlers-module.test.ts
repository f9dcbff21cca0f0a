import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadHandlers } from './handlers-module.ts';
import { StartError } from './runtime/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'scorewire-handlers-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

function fileOf(source: string, extension = 'mjs'): string {
  const file = join(folder, `handlers-${files++}.${extension}`);
  writeFileSync(file, source);
  return file;
}

async function problemOf(path: string): Promise<string> {
  const error: unknown = await loadHandlers(path).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof StartError)) expect.fail(`no StartError: ${String(error)}`);
  expect(error.message).not.toContain('\n');
  expect(error.message.startsWith(`HANDLERS=${path}: `)).toBe(true);
  return error.message.slice(`HANDLERS=${path}: `.length);
}

const RATE = 'rate: () => ({ winner: 1 })';
const STATS = 'result: () => ({}), track: () => ({})';

const SPORT = ['checkFixture', 'begin', 'apply', 'document', 'summary', 'describe']
  .map((name) => `${name}: () => undefined`)
  .join(', ');

describe('a module of own handlers', () => {
  it('is found from the working directory, and gives its handlers', async () => {
    const file = fileOf(`
      export const leaderboards = { mine: { kind: 'rating', ${RATE}, checkOptions: () => undefined } };
      export const stats = { mine: { ${STATS} } };`);
    for (const path of [file, relative(process.cwd(), file)]) {
      const { leaderboards, stats } = await loadHandlers(path);
      expect(Object.keys(leaderboards ?? {})).toEqual(['mine']);
      expect(Object.keys(stats ?? {})).toEqual(['mine']);
    }
  });

  it('may have handlers of one sort only', async () => {
    expect(await loadHandlers(fileOf(`export const stats = { mine: { ${STATS} } };`))).toMatchObject({
      leaderboards: {},
      stats: { mine: {} },
    });
    expect(
      await loadHandlers(
        fileOf(`export const leaderboards = { mine: { kind: 'additive', add() { return {}; } } };`),
      ),
    ).toMatchObject({ leaderboards: { mine: { kind: 'additive' } }, stats: {} });
  });

  it('may have sports', async () => {
    const { sports } = await loadHandlers(
      fileOf(`export const sports = { polo: { name: 'polo', ${SPORT} } };`),
    );
    expect(sports?.polo?.name).toBe('polo');
  });

  it.each([
    ['as a default export', 'mjs', `export default { stats: { mine: { ${STATS} } } };`],
    [
      'as a default export beside others',
      'mjs',
      `export const stats = { mine: { ${STATS} } }; export default {};`,
    ],
    ['in a CommonJS module', 'cjs', `module.exports = { stats: { mine: { ${STATS} } } };`],
    ['one by one in a CommonJS module', 'cjs', `exports.stats = { mine: { ${STATS} } };`],
  ])('may give them %s', async (_, extension, source) => {
    expect(await loadHandlers(fileOf(source, extension))).toMatchObject({
      leaderboards: {},
      stats: { mine: {} },
    });
  });

  it('that does not exist stops the start', async () => {
    const missing = join(folder, 'missing.mjs');
    expect(await problemOf(missing)).toBe(`there is no file ${missing}`);
  });

  it.each([
    ['throws', `throw new TypeError('broken\\nin two lines');`, 'cannot be imported: TypeError: broken'],
    ['throws a text', `throw 'broken';`, 'cannot be imported: broken'],
    ['imports what is missing', `import './absent.mjs';`, /^cannot be imported: .*absent\.mjs/],
    ['exports nothing', 'export {};', 'exports neither leaderboards nor stats nor sports'],
    [
      'exports a function by default',
      'export default () => ({});',
      'exports "default", and handlers are exported as leaderboards, stats or sports only',
    ],
    [
      'misspells one of its exports',
      `export const leaderboard = {}; export const stats = { mine: { ${STATS} } };`,
      'exports "leaderboard", and handlers are exported as leaderboards, stats or sports only',
    ],
    [
      'misspells what it exports by default',
      `export default { Stats: { mine: { ${STATS} } } };`,
      'exports "Stats", and handlers are exported as leaderboards, stats or sports only',
    ],
    ['exports a list', 'export const stats = [];', 'stats: must be an object of handlers by name'],
    [
      'exports null',
      'export const leaderboards = null;',
      'leaderboards: must be an object of handlers by name',
    ],
    [
      'has a handler whose name is no id',
      `export const stats = { 'my stats': { ${STATS} } };`,
      'stats: the name "my stats" must be an id: 1 to 64 of A-Z a-z 0-9 _ . -',
    ],
    [
      'replaces elo',
      `export const leaderboards = { elo: { kind: 'rating', ${RATE} } };`,
      'leaderboards.elo: is one that comes with scorewire; choose another name',
    ],
    [
      'replaces the default stats',
      `export const stats = { default: { ${STATS} } };`,
      'stats.default: is one that comes with scorewire; choose another name',
    ],
    [
      'has a function for a handler',
      'export const leaderboards = { mine: () => ({}) };',
      'leaderboards.mine: must be an object',
    ],
    [
      'has a handler of no kind',
      `export const leaderboards = { mine: { ${RATE} } };`,
      'leaderboards.mine.kind: must be "additive" or "rating"',
    ],
    [
      'has an additive handler that rates',
      `export const leaderboards = { mine: { kind: 'additive', ${RATE} } };`,
      'leaderboards.mine.add: must be a function',
    ],
    [
      'has a rating handler without its function',
      `export const leaderboards = { mine: { kind: 'rating', rate: 3 } };`,
      'leaderboards.mine.rate: must be a function',
    ],
    [
      'has a handler that is asynchronous',
      `export const leaderboards = { mine: { kind: 'rating', rate: async () => ({}) } };`,
      'leaderboards.mine.rate: must be a plain function, not AsyncFunction',
    ],
    [
      'has options that cannot be checked',
      `export const leaderboards = { mine: { kind: 'rating', ${RATE}, checkOptions: {} } };`,
      'leaderboards.mine.checkOptions: must be a function',
    ],
    [
      'has stats without results',
      'export const stats = { mine: { track: () => ({}) } };',
      'stats.mine.result: must be a function',
    ],
    [
      'has stats without tracks',
      'export const stats = { mine: { result: () => ({}) } };',
      'stats.mine.track: must be a function',
    ],
    [
      'replaces cricket',
      `export const sports = { cricket: { ${SPORT} } };`,
      'sports.cricket: is one that comes with scorewire; choose another name',
    ],
    [
      'has a sport that calls itself otherwise',
      `export const sports = { polo: { name: 'Polo', ${SPORT} } };`,
      'sports.polo.name: must be "polo", as matches call it',
    ],
    [
      'has a sport without a document',
      `export const sports = { polo: { name: 'polo', ${SPORT}, document: undefined } };`,
      'sports.polo.document: must be a function',
    ],
    [
      'has one bad handler behind a good one',
      `export const stats = { good: { ${STATS} }, bad: 1 };`,
      'stats.bad: must be an object',
    ],
  ])('that %s stops the start', async (_, source, problem) => {
    expect(await problemOf(fileOf(source))).toEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });

  it('that waits for ever stops the start', async () => {
    const file = fileOf('await new Promise(() => {}); export const stats = {};');
    await expect(loadHandlers(file, 20)).rejects.toThrow(
      `HANDLERS=${file}: cannot be imported: TimeoutError: it is not loaded after 0.02 s`,
    );
  });

  it.each([
    [
      'cannot be read',
      'export const stats = {\n  a: ,\n};',
      (file: string) =>
        `cannot be imported: SyntaxError: Unexpected token ',' (node --check ${file} says where)`,
    ],
    ['ends the process', 'process.exit(0);', () => 'ended the process while it was loaded'],
  ])(
    'that %s stops the start of the program with one line',
    { timeout: 30_000 },
    async (_, source, problem) => {
      const file = fileOf(source);
      const { code, stdout, stderr } = await start({ HANDLERS: file, PORT: '0' });
      expect([code, stdout, stderr]).toEqual([1, '', `scorewire: HANDLERS=${file}: ${problem(file)}\n`]);
    },
  );
});

function start(
  environment: Record<string, string>,
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, ['--import', 'tsx', 'main.ts'], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}
