import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ID_FORM, isId } from './protocol/names.ts';
import { StartError } from './runtime/errors.ts';
import { BUILT_IN_HANDLERS, type Handlers } from './scoring/registry.ts';
import { type AnySport, BUILT_IN_SPORTS } from './scoring/sports.ts';

/** What an operator brings: handlers of results, and rules of sports. */
export interface OwnHandlers extends Handlers {
  readonly sports?: Readonly<Record<string, AnySport>>;
}

/** Milliseconds that a module may take to load, whatever it waits for. */
const LOAD_DEADLINE_MS = 10_000;

/**
 * Imports the operator's own handlers and sports from a path relative to the working directory. What is wrong with them stops the start: a
 * handler that is found to be broken by the first result of a game is found too late.
 */
export async function loadHandlers(path: string, deadlineMs = LOAD_DEADLINE_MS): Promise<OwnHandlers> {
  const stop = (problem: string, cause?: unknown): StartError =>
    new StartError(`HANDLERS=${path}: ${problem}`, { cause });
  const file = resolve(path);
  if (!existsSync(file)) throw stop(`there is no file ${file}`);
  const module = await importWithin(file, deadlineMs).catch((error: unknown) => {
    throw stop(`cannot be imported: ${explainImportFailure(path, error)}`, error);
  });
  const { leaderboards, stats, sports, ...others } = exportsOf(module);
  const [other] = Object.keys(others);
  const problem =
    other !== undefined
      ? `exports ${JSON.stringify(other)}, and handlers are exported as leaderboards, stats or sports only`
      : leaderboards === undefined && stats === undefined && sports === undefined
        ? 'exports neither leaderboards nor stats nor sports'
        : (explainGroup('leaderboards', leaderboards, explainLeaderboard) ??
          explainGroup('stats', stats, explainStats) ??
          explainGroup('sports', sports, explainSport));
  if (problem !== undefined) throw stop(problem);
  return { leaderboards: leaderboards ?? {}, stats: stats ?? {}, sports: sports ?? {} } as OwnHandlers;
}

type Exports = Readonly<Record<string, unknown>>;

async function importWithin(file: string, deadlineMs: number): Promise<Exports> {
  const late = new DOMException(`it is not loaded after ${deadlineMs / 1000} s`, 'TimeoutError');
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    // Nothing else may keep the process alive: it would end without a word.
    timer = setTimeout(() => reject(late), deadlineMs);
  });
  try {
    return await Promise.race([import(pathToFileURL(file).href), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** By their names, or together as the default export, as which a CommonJS module is imported. */
function exportsOf(module: Exports): Exports {
  const { default: whole, 'module.exports': _, __esModule: __, ...named } = module;
  if (!isObject(whole)) return whole === undefined ? named : { ...named, default: whole };
  return { ...whole, ...named };
}

/** In one line. Node tells the place of a syntax error only as it ends with it. */
function explainImportFailure(path: string, error: unknown): string {
  if (!(error instanceof Error)) return firstLine(String(error));
  const hint = error instanceof SyntaxError ? ` (node --check ${path} says where)` : '';
  return `${error.name}: ${firstLine(error.message)}${hint}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

type Explain = (handler: Readonly<Record<string, unknown>>, name: string) => string | undefined;

const BUILT_IN_NAMES = {
  leaderboards: Object.keys(BUILT_IN_HANDLERS.leaderboards),
  stats: Object.keys(BUILT_IN_HANDLERS.stats),
  sports: BUILT_IN_SPORTS.names,
};

function explainGroup(
  group: keyof typeof BUILT_IN_NAMES,
  handlers: unknown,
  explain: Explain,
): string | undefined {
  if (handlers === undefined) return undefined;
  if (!isObject(handlers)) return `${group}: must be an object of handlers by name`;
  for (const [name, handler] of Object.entries(handlers)) {
    if (!isId(name)) return `${group}: the name ${JSON.stringify(name)} must be an id: ${ID_FORM}`;
    if (BUILT_IN_NAMES[group].includes(name)) {
      return `${group}.${name}: is one that comes with scorewire; choose another name`;
    }
    if (!isObject(handler)) return `${group}.${name}: must be an object`;
    const problem = explain(handler, name);
    if (problem !== undefined) return `${group}.${name}${problem}`;
  }
  return undefined;
}

function explainLeaderboard({ kind, add, rate, checkOptions }: Parameters<Explain>[0]): string | undefined {
  if (kind !== 'additive' && kind !== 'rating') return '.kind: must be "additive" or "rating"';
  return (
    (kind === 'additive' ? explainFunction('add', add) : explainFunction('rate', rate)) ??
    (checkOptions === undefined ? undefined : explainFunction('checkOptions', checkOptions))
  );
}

function explainStats({ result, track }: Parameters<Explain>[0]): string | undefined {
  return explainFunction('result', result) ?? explainFunction('track', track);
}

const SPORT_FUNCTIONS = ['checkFixture', 'begin', 'apply', 'document', 'summary', 'describe'] as const;

function explainSport(sport: Parameters<Explain>[0], name: string): string | undefined {
  if (sport.name !== name) return `.name: must be ${JSON.stringify(name)}, as matches call it`;
  for (const each of SPORT_FUNCTIONS) {
    const problem = explainFunction(each, sport[each]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Neither async nor a generator: nobody would wait for it. */
function explainFunction(name: string, value: unknown): string | undefined {
  if (typeof value !== 'function') return `.${name}: must be a function`;
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return kind === 'Function' ? undefined : `.${name}: must be a plain function, not ${kind}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
