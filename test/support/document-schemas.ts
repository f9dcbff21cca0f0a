import type { Ajv, ValidateFunction } from 'ajv';

/** Checks values by the schemas of a document, whose components are compiled once for all of them. */
export class DocumentSchemas {
  readonly #ajv: Ajv;
  readonly #known = new Map<string, ValidateFunction>();

  constructor(ajv: Ajv, components: object) {
    this.#ajv = ajv;
    ajv.addSchema({ $id: 'document:', components });
  }

  /** What is wrong with the value. References in the schema are those of the document. */
  mismatch(schema: object, value: unknown): string | undefined {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"document:#/components');
    const validate = this.#known.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#known.set(text, validate);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }
}
