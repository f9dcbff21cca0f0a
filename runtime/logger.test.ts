import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { LOG_LEVELS, type LogLevel, silentLogger } from './logger.ts';

// Each test starts processes, which takes long on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const loggerUrl = new URL('./logger.ts', import.meta.url).href;

/** What a process of its own prints, since the logger writes to standard error past Node's streams. */
async function run(
  level: LogLevel,
  code: string,
): Promise<{ lines: Record<string, unknown>[]; stdout: string }> {
  const program = `import { createLogger } from ${JSON.stringify(loggerUrl)};
    const logger = createLogger(${JSON.stringify(level)});
    ${code}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  const lines = stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, stdout };
}

test('the logger writes one line of JSON each to standard error, and nothing to standard output', async () => {
  const { lines, stdout } = await run('info', `logger.info({ channel: 'a\\nb' }, 'hello');`);
  expect(lines).toEqual([expect.objectContaining({ channel: 'a\nb', msg: 'hello' })]);
  expect(stdout).toBe('');
});

test('the last line before an exit is not lost', async () => {
  const { lines } = await run('info', `logger.error({}, 'last words'); process.exit(0);`);
  expect(lines).toEqual([expect.objectContaining({ msg: 'last words' })]);
});

test('tokens are not logged, neither at the top nor one level down, by children neither', async () => {
  const { lines } = await run(
    'info',
    `const secret = 's3cret';
    logger.info({ token: secret, authorization: secret }, 'top');
    logger.warn({ query: { token: secret }, headers: { authorization: secret, host: 'kept' } }, 'nested');
    logger.child({ part: 'gateway' }).error({ token: secret, frame: { token: secret } }, 'child');`,
  );
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines)).not.toContain('s3cret');
  expect(lines[1]).toMatchObject({ headers: { host: 'kept' } });
  expect(lines[2]).toMatchObject({ part: 'gateway', msg: 'child' });
});

test('a level leaves out what matters less than it', async () => {
  const methods = ['error', 'warn', 'info', 'debug'];
  const code = methods.map((method) => `logger.${method}({}, '${method}');`).join('');
  const heard = await Promise.all(LOG_LEVELS.map(async (level) => (await run(level, code)).lines.length));
  expect(heard).toEqual([0, 1, 2, 3, 4]);
});

test('an error is logged with its message, its stack and its cause', async () => {
  const { lines } = await run(
    'info',
    `logger.error({ err: new Error('outer: inner', { cause: new Error('inner') }) }, 'x');`,
  );
  const stack = expect.stringContaining('at ');
  const cause = { type: 'Error', message: 'inner', stack };
  expect(lines[0]).toMatchObject({ err: { type: 'Error', message: 'outer: inner', stack, cause } });
});

test('the silent logger can be called and has silent children', () => {
  const child = silentLogger.child({ part: 'a' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) child[level]({}, 'nothing');
  expect(child).toBe(silentLogger);
});
