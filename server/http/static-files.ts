import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { StartError } from '../../runtime/errors.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { problem } from './problem.ts';

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.webmanifest', 'application/manifest+json'],
  ['.map', 'application/json'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.webp', 'image/webp'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.wasm', 'application/wasm'],
]);

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
} as const;

/** Vite puts the hash of the contents into these names. */
const HASHED_FOLDER = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
/** Kept, but asked about each time. */
const REVALIDATED = 'no-cache';

interface StaticFile {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The built pages. They are read once, and a request only ever looks a path up among them: no path reaches the disk.
 * Without the folder there are no pages. Throws `StartError` where it holds more than `maxBytes`.
 */
export function staticRoute(folder: string, maxBytes: number = HTTP_LIMITS.staticBytes): HttpRoute {
  const files = readFiles(folder, maxBytes);
  return {
    method: 'GET',
    pattern: '/*',
    handler: (request) => {
      const file = files.get(request.path);
      return file === undefined
        ? problem('not_found', 'there is nothing at this path')
        : serve(request, file);
    },
  };
}

function serve(request: HttpRequest, { body, etag, headers }: StaticFile): HttpReply {
  const known = request.header('if-none-match');
  if (known !== '' && isAmong(etag, known)) return { status: 304, headers };
  return { status: 200, headers, body };
}

function isAmong(etag: string, ifNoneMatch: string): boolean {
  return ifNoneMatch.split(',').some((one) => {
    const known = one.trim().replace(/^W\//, '');
    return known === etag || known === '*';
  });
}

function readFiles(folder: string, maxBytes: number): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return files;
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    // Asked for before it is read, so that a folder set by mistake can't fill the memory.
    bytes += statSync(file).size;
    if (bytes > maxBytes) throw new StartError(`the static files in ${folder} are over ${maxBytes} bytes`);
    const read = describe(path, readFileSync(file));
    files.set(path, read);
    if (path.endsWith('/index.html')) {
      // With and without the slash: pages name what they load by whole paths.
      const parent = path.slice(0, -'/index.html'.length);
      files.set(`${parent}/`, read);
      if (parent !== '') files.set(parent, read);
    }
  }
  return files;
}

function describe(path: string, body: Uint8Array): StaticFile {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  return {
    body,
    etag,
    headers: {
      'content-type': CONTENT_TYPES.get(extname(path).toLowerCase()) ?? 'application/octet-stream',
      'cache-control': path.startsWith(HASHED_FOLDER) ? FOREVER : REVALIDATED,
      etag,
      ...SECURITY_HEADERS,
    },
  };
}
