import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: manifests of every kind are looked into by expectations
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

const folder = new URL('../../deploy/kubernetes/', import.meta.url);

/** Those for everybody, and those in a folder of their own for who wants them. */
export function readManifests(): readonly Manifest[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map((document) => {
        if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`);
        return { file, ...document.toJS() };
      }),
    );
}

const moduleOf = (apiVersion: string): string => `kubernetes-models/${apiVersion}`;

/** What Kubernetes' own schema has against it: a wrong type or value, a missing field. */
export async function schemaFaults({ file: _, ...manifest }: Manifest): Promise<string | undefined> {
  const models = (await import(moduleOf(manifest.apiVersion))) as Record<
    string,
    new (
      data: object,
    ) => { validate(): void }
  >;
  const Model = models[manifest.kind];
  if (Model === undefined) return `there is no ${manifest.kind} in ${manifest.apiVersion}`;
  try {
    new Model(manifest).validate();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/**
 * The schema lets fields pass that it does not know, of which one is most likely misspelt. The compiler does not: it is given the manifests
 * as literals of the types that are made from the same schema.
 */
export function unknownFields(manifests: readonly Manifest[]): string {
  const place = new URL('../../node_modules/.cache/scorewire-manifests/', import.meta.url);
  mkdirSync(place, { recursive: true });
  const checks = manifests.map(({ file, ...manifest }, i) => {
    const type = `import('${moduleOf(manifest.apiVersion)}').I${manifest.kind}`;
    return `// ${file}\nexport const manifest${i} = ${JSON.stringify(manifest)} satisfies ${type};`;
  });
  writeFileSync(new URL('check.ts', place), checks.join('\n'));
  const config = { compilerOptions: { ...COMPILER_OPTIONS }, files: ['check.ts'] };
  writeFileSync(new URL('tsconfig.json', place), JSON.stringify(config));
  const compiler = new URL('../../node_modules/.bin/tsc', import.meta.url).pathname;
  const { stdout, error } = spawnSync(compiler, ['-p', place.pathname], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return stdout;
}

const COMPILER_OPTIONS = {
  ...{ strict: true, noEmit: true, skipLibCheck: true },
  ...{ module: 'nodenext', types: [], lib: ['es2023', 'dom'] },
};
