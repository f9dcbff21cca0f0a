import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { createAuthenticator } from '../server/auth/authenticator.ts';
import { readSettings } from '../settings.ts';

const COMMAND = fileURLToPath(new URL('token.ts', import.meta.url));

function run(secret: string, ...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', COMMAND, ...args], {
    env: { PATH: process.env.PATH, AUTH_SECRET: secret },
    encoding: 'utf8',
  });
}

it('makes a token that a server with the same setting takes, spaces around the secret or not', async () => {
  const AUTH_SECRET = ' a secret of the tests, long enough for HS256 ';
  const { stdout, status } = run(AUTH_SECRET, '--subject', 'ann', '--publish', 'board:a');
  expect(status).toBe(0);
  const secret = readSettings({ AUTH_SECRET }).authSecret;
  const settings = { secret, anonymousSubscribe: [], open: false };
  const authenticator = createAuthenticator(settings, { clock: systemClock });
  const authentication = await authenticator.authenticate(stdout.trim());
  expect(authentication).toMatchObject({ ok: true, identity: { subject: 'ann' } });
});

it('makes no token that would have expired at once', () => {
  const { stdout, stderr, status } = run('s'.repeat(32), '--expires', '0s');
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toContain('--expires 0s');
});
