/** Copies into `dist/` what the build needs at run time and tsc does not emit. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

for (const [folder, ending] of [
  ['store/redis/lua/', '.lua'],
  ['archiver/postgres/sql/', '.sql'],
] as const) {
  const from = new URL(folder, root);
  const to = new URL(`dist/${folder}`, root);
  await mkdir(to, { recursive: true });
  const scripts = (await readdir(from)).filter((file) => file.endsWith(ending));
  for (const file of scripts) await cp(new URL(file, from), new URL(file, to));
  console.log(`copied ${scripts.length} scripts to ${fileURLToPath(to)}`);
}
