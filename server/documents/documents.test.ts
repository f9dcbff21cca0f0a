import asyncApiSpecs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { isText } from '../../protocol/names.ts';
import { isTimeZone } from '../../protocol/windows.ts';
import { DocumentSchemas } from '../../test/support/document-schemas.ts';
import { startHttpService } from '../../test/support/http-service.ts';
import type { DescribedRoute } from '../http/route-doc.ts';
import type { HttpRoute } from '../transport/http-types.ts';
import { asyncApiDocument } from './asyncapi.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Content {
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { name: string; in: string; schema: object; example?: unknown }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}
interface AsyncApi {
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly messages: Readonly<
      Record<string, { payload: object; examples?: { name: string; payload: unknown }[] }>
    >;
  };
}

const demo = { board: 'demo', players: 10, random: Math.random };
const admin = {
  partitions: 4,
  nodes: { look: async () => undefined, list: () => [], knows: () => false, ask: async () => undefined },
};
const FORMATS = { 'scorewire-text': isText, 'scorewire-time-zone': isTimeZone };

let routes: readonly HttpRoute[];
let openApi: OpenApi;

beforeAll(async () => {
  const service = await startHttpService({ deps: { demo, admin } });
  ({ routes } = service);
  openApi = (await service.call('GET', '/openapi.json')).body;
});

const isDescribed = (route: HttpRoute): route is DescribedRoute => 'doc' in route;

function operations(): [name: string, Operation][] {
  return Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );
}

/** What its examples do not fit to. References are those of the document. */
function mismatches(
  ajv: Ajv,
  components: object,
  found: readonly (readonly [where: string, schema: object, value: unknown])[],
): string[] {
  const schemas = new DocumentSchemas(ajv, components);
  return found.flatMap(([where, schema, value]) => {
    const fault = schemas.mismatch(schema, value);
    return fault === undefined ? [] : [`${where}: ${fault}`];
  });
}

describe('/openapi.json', () => {
  it('is OpenAPI 3.1, says an independent validator', async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...structuredClone(openApi) });
    expect(result.errors ?? []).toEqual([]);
    expect([result.valid, validator.version]).toEqual([true, '3.1']);
    const broken = { ...structuredClone(openApi), paths: { '/v1/x': { get: { responses: 1 } } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('describes every route but those that are documents and pages themselves', () => {
    const without = routes.filter((route) => !isDescribed(route)).map(({ pattern }) => pattern);
    expect(without).toEqual(['/openapi.json', '/asyncapi.json', '/score/:match', '/*']);
    const described = routes.filter(isDescribed);
    expect(described.length).toBeGreaterThan(8);
    const names = described.map(
      ({ method, pattern }) => `${method.toLowerCase()} ${pattern.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual(names.sort());
  });

  it('names every parameter of a path, with an example, and no other as one of the path', () => {
    for (const [name, { parameters = [] }] of operations()) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const described = parameters.filter(({ in: place }) => place === 'path');
      expect(
        described.map((each) => each.name),
        name,
      ).toEqual(inPath);
      expect(
        described.filter(({ example }) => example === undefined),
        name,
      ).toEqual([]);
    }
  });

  it('has names of its own for the operations', () => {
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has examples that fit to its schemas: of parameters, of bodies, of answers and of refusals', () => {
    const found: (readonly [string, object, unknown])[] = [];
    for (const [name, { parameters = [], requestBody = {}, responses }] of operations()) {
      for (const { name: parameter, schema, example } of parameters) {
        if (example !== undefined) found.push([`${name} ${parameter}`, schema, example]);
      }
      for (const [where, { content = {} }] of [
        ['body', requestBody] as const,
        ...Object.entries(responses),
      ]) {
        for (const [type, { schema, example, examples = {} }] of Object.entries(content)) {
          if (type !== 'application/json' && type !== 'application/problem+json') continue;
          const values = [...Object.values(examples).map(({ value }) => value)];
          if (example !== undefined) values.push(example);
          expect(values.length, `${name} ${where}`).toBeGreaterThan(0);
          for (const value of values) found.push([`${name} ${where}`, schema, value]);
        }
      }
    }
    expect(found.length).toBeGreaterThan(40);
    const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: FORMATS });
    ajv.addVocabulary(['components', 'example']);
    const wrong = ['wrong', { type: 'integer' }, 'x'] as const;
    expect(mismatches(ajv as Ajv, openApi.components, [...found, wrong])).toEqual([
      'wrong: data must be integer',
    ]);
  });
});

describe('/asyncapi.json', () => {
  const document = structuredClone(asyncApiDocument()) as AsyncApi;

  it('is AsyncAPI 3, says the schema of its makers', () => {
    const schema: object = asyncApiSpecs.schemasWithoutId['3.0.0'];
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, channels: { x: { address: 5 } } })).toBe(false);
  });

  it('refers only to what is there', () => {
    const missing: string[] = [];
    const look = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { $ref } = node as { $ref?: string };
      if ($ref !== undefined && at(document, $ref) === undefined) missing.push($ref);
      Object.values(node).forEach(look);
    };
    look(document);
    expect(missing).toEqual([]);
    expect(at(document, '#/components/schemas/nothing')).toBeUndefined();
  });

  it('shows examples of every frame, and they fit to its schemas', () => {
    const { messages, schemas } = document.components;
    const found = Object.entries(messages)
      .filter(([name]) => `${name}Frame` in schemas)
      .flatMap(([name, { payload, examples = [] }]) => {
        expect(examples.length, name).toBeGreaterThan(0);
        return examples.map((example) => [`${name}: ${example.name}`, payload, example.payload] as const);
      });
    const ajv = new Ajv({ strict: true, strictTypes: false, strictTuples: false, formats: FORMATS });
    ajv.addVocabulary(['components']);
    expect(mismatches(ajv, document.components, found)).toEqual([]);
  });
});

/** What a reference such as `#/components/schemas/x` leads to. */
function at(document: unknown, reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
}
