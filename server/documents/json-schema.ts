/** Our schemas as plain JSON Schema, in which those that have a name stand once and are referred to. */
import type { Schema } from '../../protocol/schema.ts';

export type JsonSchema = { readonly [keyword: string]: unknown } | boolean;

export interface NamedSchemas {
  /** A reference to a named schema, or the schema itself with references inside. */
  use(schema: Schema): JsonSchema;
  /** All named schemas, each with references to others inside. */
  readonly all: Readonly<Record<string, JsonSchema>>;
}

/**
 * `lists` says how the elements of a list of fixed length are told: draft 7, which AsyncAPI builds on, has them in `items`, and
 * the 2020 draft of OpenAPI 3.1 in `prefixItems`.
 */
export function nameSchemas(
  schemas: Readonly<Record<string, Schema>>,
  { lists }: { readonly lists: 'items' | 'prefixItems' },
): NamedSchemas {
  const names = new Map<unknown, string>(Object.entries(schemas).map(([name, schema]) => [schema, name]));

  function inside(node: object): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) {
      if (key === 'items' && Array.isArray(value) && lists === 'prefixItems') {
        copy.prefixItems = walk(value);
        copy.items = false;
      } else if (key !== 'additionalItems' || lists === 'items') {
        copy[key] = walk(value);
      }
    }
    return copy;
  }

  function walk(node: unknown): unknown {
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) return node.map(walk);
    const name = names.get(node);
    return name === undefined ? inside(node) : { $ref: `#/components/schemas/${name}` };
  }

  return {
    use: (schema) => walk(schema) as JsonSchema,
    all: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, inside(schema)])),
  };
}
