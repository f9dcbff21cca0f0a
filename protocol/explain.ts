import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { ID_FORM, ID_PATTERN, TEXT_FORM } from './names.ts';

/** The formats of our schemas, and what is wrong with a string that does not have them. */
export const TEXT_FORMAT = 'scorewire-text';
export const TIME_ZONE_FORMAT = 'scorewire-time-zone';
const FORMAT_FAULTS: Readonly<Record<string, string>> = {
  [TEXT_FORMAT]: `is not a text: ${TEXT_FORM}`,
  [TIME_ZONE_FORMAT]: 'is not an IANA time zone, such as Europe/Paris or UTC',
};

/** The keywords that our schemas use. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly properties?: { readonly [name: string]: Node };
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Node | readonly Node[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly pattern?: string;
  readonly format?: string;
}

const NAMES_MAX = 3;
const NAME_MAX_LENGTH = 64;

/**
 * One short line that names the first field that is wrong, for a value that the schema refuses. The library's own
 * list of errors is asked only about single fields: it grows with the value, which a stranger has sent.
 */
export function explainMismatch(schema: TSchema, value: unknown): string {
  return faultOf(schema as Node, value, '') ?? 'is not of the documented form';
}

function faultOf(node: Node, value: unknown, path: string): string | undefined {
  if (node.properties) return faultOfObject([node], value, path);
  if (node.anyOf?.every(({ properties }) => properties)) return faultOfObject(node.anyOf, value, path);
  if (node.items && Array.isArray(value)) return faultOfList(node, value, path);
  return faultOfField(node, value, path);
}

/**
 * Of several alternatives the one that was meant is the one that a field names (`type`, `action`), or else has the fewest keys too many or
 * too few, and rather too few.
 */
function faultOfObject(alternatives: readonly Node[], value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return say(path, 'must be an object');
  const meant = meantBy(alternatives, value, path);
  if (typeof meant === 'string') return meant;
  const candidates = meant
    .map((node) => ({ node, unknown: unknownKeys(node, value), missing: missingKeys(node, value) }))
    .sort(
      (a, b) =>
        a.unknown.length + a.missing.length - b.unknown.length - b.missing.length ||
        a.unknown.length - b.unknown.length,
    );
  const [nearest] = candidates;
  if (nearest === undefined) return undefined;
  if (nearest.unknown.length > 0) return say(path, `must not have ${quoteAll(nearest.unknown)}`);
  if (nearest.missing.length > 0) {
    const alike = candidates
      .filter((c) => c.unknown.length === 0 && c.missing.length === nearest.missing.length)
      .map(({ missing }) => missing);
    const always = nearest.missing.filter((key) => alike.every((missing) => missing.includes(key)));
    const needed = always.length > 0 ? [always] : alike;
    return say(path, `needs ${needed.map(quoteAll).join(' or ')}`);
  }
  for (const [name, node] of Object.entries(nearest.node.properties ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    const fault = faultOf(node, (value as Record<string, unknown>)[name], join(path, name));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The alternatives that are named by the fields which all of them have as constants, or what is wrong with such a field. */
function meantBy(alternatives: readonly Node[], value: object, path: string): readonly Node[] | string {
  const [first] = alternatives;
  if (first === undefined || alternatives.length === 1) return alternatives;
  for (const name of Object.keys(first.properties ?? {})) {
    const constants = alternatives.map(({ properties }) => properties?.[name]?.const);
    if (constants.some((each) => each === undefined) || new Set(constants).size === 1) continue;
    if (!Object.hasOwn(value, name)) return say(path, `needs ${quoteAll([name])}`);
    const told = (value as Record<string, unknown>)[name];
    const named = alternatives.filter((_, index) => constants[index] === told);
    if (named.length === 0)
      return say(join(path, name), `must be one of: ${[...new Set(constants)].join(', ')}`);
    return meantBy(named, value, path);
  }
  return alternatives;
}

/** `items` is one schema for all elements, or one for each. */
function faultOfList(
  { items = [], minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems = false }: Node,
  list: readonly unknown[],
  path: string,
): string | undefined {
  const each = isList(items) ? items : undefined;
  const least = each?.length ?? minItems;
  const most = each?.length ?? maxItems;
  if (list.length < least || list.length > most) {
    const many = least === most ? least : list.length < least ? `at least ${least}` : `at most ${most}`;
    return say(path, `must have ${many} entries, not ${list.length}`);
  }
  for (const [index, item] of list.entries()) {
    const node = isList(items) ? items[index] : items;
    const fault = node && faultOf(node, item, join(path, String(index)));
    if (fault !== undefined) return fault;
  }
  const twice = uniqueItems ? list.find((item, index) => list.indexOf(item) < index) : undefined;
  return twice === undefined ? undefined : say(path, `has ${JSON.stringify(twice)} twice`);
}

// Array.isArray does not narrow readonly arrays.
function isList(items: Node | readonly Node[]): items is readonly Node[] {
  return Array.isArray(items);
}

function faultOfField(node: Node, value: unknown, path: string): string | undefined {
  if (Check(node as TSchema, value)) return undefined;
  const allowed = allowedValues(node);
  if (allowed !== undefined) return say(path, `must be one of: ${allowed.join(', ')}`);
  const isNumeric = node.type === 'number' || node.type === 'integer';
  if (isNumeric && typeof value === 'number' && !Number.isFinite(value))
    return say(path, 'must be a finite number');
  if (typeof value === 'string' && node.pattern === ID_PATTERN) return say(path, `is not an id: ${ID_FORM}`);
  const formatFault = typeof value === 'string' ? FORMAT_FAULTS[node.format ?? ''] : undefined;
  if (formatFault !== undefined) return say(path, formatFault);
  return say(path, Errors(node as TSchema, value)[0]?.message ?? 'is not of the documented form');
}

function allowedValues(node: Node): readonly unknown[] | undefined {
  if ('const' in node) return [node.const];
  if (node.enum) return node.enum;
  return node.anyOf?.every((alternative) => 'const' in alternative)
    ? node.anyOf.map((alternative) => alternative.const)
    : undefined;
}

function unknownKeys(node: Node, value: object): string[] {
  const unknown: string[] = [];
  if (node.additionalProperties !== false) return unknown;
  for (const key in value) {
    if (Object.hasOwn(node.properties ?? {}, key)) continue;
    unknown.push(key);
    if (unknown.length === NAMES_MAX) break;
  }
  return unknown;
}

function missingKeys(node: Node, value: object): string[] {
  return (node.required ?? []).filter((key) => !Object.hasOwn(value, key));
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function say(path: string, fault: string): string {
  return path === '' ? fault : `"${path}" ${fault}`;
}

function quoteAll(names: readonly string[]): string {
  return names
    .slice(0, NAMES_MAX)
    .map((name) => `"${name.slice(0, NAME_MAX_LENGTH)}"`)
    .join(', ');
}
