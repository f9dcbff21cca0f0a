/** Copies into `dist/` what the build needs at run time and tsc does not emit. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

const from = new URL('store/redis/lua/', root);
const to = new URL('dist/store/redis/lua/', root);
await mkdir(to, { recursive: true });
const scripts = (await readdir(from)).filter((file) => file.endsWith('.lua'));
for (const file of scripts) await cp(new URL(file, from), new URL(file, to));
console.log(`copied ${scripts.length} scripts to ${fileURLToPath(to)}`);
