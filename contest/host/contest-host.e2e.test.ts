import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the built program finds its thread of contests', async () => {
  const built = new URL('../../dist/contest/host/contest-host.js', import.meta.url).href;
  // What this process is told on its command line is not for the thread.
  const code = `
    const { ContestHost } = await import(${JSON.stringify(built)});
    const host = new ContestHost({ execArgv: [] });
    await host.start();
    await host.ask('ipl', 'open', {});
    const { teams } = await host.ask('ipl', 'start', undefined);
    console.log(JSON.stringify({ teams, progress: host.progress('ipl') }));
    await host.stop();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  expect(JSON.parse(stdout)).toEqual({ teams: 0, progress: { phase: 'started', teams: 0 } });
});
