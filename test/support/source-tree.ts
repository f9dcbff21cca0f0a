/** The project's own files as text, and who imports whom: what the tests of the house rules look at. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

export interface SourceImport {
  /** Relative to the root of the project. */
  readonly from: string;
  /** As written. */
  readonly specifier: string;
  /** The imported file, where it is one of ours; it may not exist. */
  readonly file?: string;
  /** The imported package; `node:fs` for Node's own. */
  readonly library?: string;
}

/** Every file that is or may be committed, by its path relative to the root. */
export function listFiles(): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const isOurs = (file: string): boolean => !/^(node_modules|dist)\//.test(file) && existsSync(file);
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && isOurs(file)).toSorted();
}

const CODE = /\.(ts|mts|js|mjs|svelte)$/;

export function readImports(files: readonly string[]): readonly SourceImport[] {
  return files
    .filter((file) => CODE.test(file))
    .flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
}

/** `import x from`, `export x from` and `import` for its effect begin a line; `import()` may stand anywhere. */
const FORMS = [
  /^[ \t]*(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"\n]+)['"]/gm,
  /^[ \t]*import\s*['"]([^'"\n]+)['"]/gm,
  /\bimport\(\s*['"]([^'"\n]+)['"]/g,
];

export function importsOf(file: string, source: string): readonly SourceImport[] {
  const specifiers = FORMS.flatMap((form) => [...source.matchAll(form)].map((match) => match[1] ?? ''));
  return specifiers.map((specifier) => {
    if (specifier.startsWith('.')) {
      const path = specifier.replace(/\?.*$/, '');
      return { from: file, specifier, file: posix.join(posix.dirname(file), path) };
    }
    const parts = specifier.split('/');
    const library = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
    return { from: file, specifier, library };
  });
}

/** Each as the files along it, the first one again at the end. One cycle is told per file that closes one. */
export function findCycles(imports: readonly SourceImport[]): readonly (readonly string[])[] {
  const targets = new Map<string, string[]>();
  for (const { from, file } of imports) {
    if (file !== undefined) targets.set(from, [...(targets.get(from) ?? []), file]);
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return cycles;
}
