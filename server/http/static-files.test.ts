import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from '../../runtime/errors.ts';
import { type Call, createCaller } from '../../test/support/http-caller.ts';
import { staticRoute } from './static-files.ts';

let folder: string;
let call: Call;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorewire-static-'));
  mkdirSync(join(folder, 'public/assets'), { recursive: true });
  mkdirSync(join(folder, 'public/board'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'public/index.html'), '<h1>home</h1>');
  writeFileSync(join(folder, 'public/board/index.html'), '<h1>board</h1>');
  writeFileSync(join(folder, 'public/assets/app-1a2b.js'), 'run()');
  writeFileSync(join(folder, 'public/assets/face.woff2'), Buffer.from([0, 255]));
  writeFileSync(join(folder, 'public/odd.xyz'), 'odd');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'public/link.txt'));
  call = createCaller([staticRoute(join(folder, 'public'))]);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the pages', () => {
  it('have their index at the root of each folder, asked about each time', async () => {
    const home = await call('GET', '/');
    expect(home).toMatchObject({ status: 200, body: '<h1>home</h1>' });
    expect(home.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/default-src 'self'.*frame-ancestors 'self'/),
    });
    expect((await call('GET', '/index.html')).body).toBe('<h1>home</h1>');
    expect((await call('GET', '/board/')).body).toBe('<h1>board</h1>');
    expect((await call('GET', '/board')).body).toBe('<h1>board</h1>');
  });

  it('have assets of every type, and hashed ones are kept for good', async () => {
    const script = await call('GET', '/assets/app-1a2b.js');
    expect(script).toMatchObject({ status: 200, body: 'run()' });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await call('GET', '/assets/face.woff2')).headers['content-type']).toBe('font/woff2');
    expect((await call('GET', '/odd.xyz')).headers['content-type']).toBe('application/octet-stream');
  });

  it('are not sent again to who has them', async () => {
    const { etag = '' } = (await call('GET', '/')).headers;
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(await call('GET', '/', { headers: { 'if-none-match': known } })).toMatchObject({
        status: 304,
        body: '',
        headers: { etag },
      });
    }
    expect(await call('GET', '/', { headers: { 'if-none-match': '"other"' } })).toMatchObject({
      status: 200,
    });
    expect((await call('GET', '/board/')).headers.etag).not.toBe(etag);
  });

  it.each([
    '/nothing',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '//secret.txt',
    '/assets/../../secret.txt',
    '/link.txt',
    '/metrics',
    '/__proto__',
  ])('do not have %s: 404 as a problem', async (path) => {
    const reply = await call('GET', path);
    expect(reply).toMatchObject({ status: 404, body: { code: 'not_found', status: 404 } });
    expect(reply.headers['content-type']).toBe('application/problem+json');
  });
});

it('without the folder there are no pages, and the rest is served', async () => {
  call = createCaller([staticRoute(join(folder, 'nowhere'))]);
  expect(await call('GET', '/')).toMatchObject({ status: 404 });
});

it('a folder over the limit stops the start', () => {
  expect(() => staticRoute(join(folder, 'public'), 20)).toThrow(StartError);
  expect(() => staticRoute(join(folder, 'public'), 1000)).not.toThrow();
});
