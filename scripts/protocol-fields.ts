/** Tables of fields, from schemas. */

/** The keywords of JSON Schema that our schemas use. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: { readonly [name: string]: SchemaNode };
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

interface Field {
  readonly name: string;
  readonly node: SchemaNode;
  readonly presence: 'always' | 'may be left out' | 'in one form';
}

/** One row per field, nested ones too; a union of objects is one table. */
export function fieldTable(schema: SchemaNode): string {
  const rows = fieldsOf(schema).map(({ name, node, presence }) => {
    return `| \`${name}\` | ${typeOf(node)} | ${presence} | ${node.description ?? ''} |`;
  });
  return ['| field | type | there | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function fieldsOf(schema: SchemaNode, prefix = ''): Field[] {
  const forms = schema.anyOf ?? [schema];
  const fields = new Map<string, Field>();
  for (const form of forms) {
    for (const [key, node] of Object.entries(form.properties ?? {})) {
      const inAllForms = forms.every(({ properties }) => properties !== undefined && key in properties);
      const presence = inAllForms
        ? form.required?.includes(key)
          ? 'always'
          : 'may be left out'
        : 'in one form';
      const name = `${prefix}${key}`;
      if (!fields.has(name)) fields.set(name, { name, node, presence });
      for (const inner of innerFields(node, name)) if (!fields.has(inner.name)) fields.set(inner.name, inner);
    }
  }
  return [...fields.values()];
}

function innerFields(node: SchemaNode, name: string): Field[] {
  if (node.properties) return fieldsOf(node, `${name}.`);
  return node.items?.properties ? fieldsOf(node.items, `${name}[].`) : [];
}

function typeOf(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(' or ');
  if (node.pattern !== undefined) return 'id';
  if (node.format !== undefined) return 'text';
  if (node.type === 'array') return 'list';
  if (node.type === 'integer' && node.minimum === 0) return 'integer, 0 or more';
  if (node.type === 'string' && node.maxLength !== undefined) {
    return `string of ${node.minLength ?? 0} to ${node.maxLength} characters`;
  }
  return node.type ?? 'any';
}
