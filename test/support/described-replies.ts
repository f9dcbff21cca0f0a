import { ProblemSchema } from '../../protocol/replies.ts';
import { type Checker, checker, type Schema } from '../../protocol/schema.ts';
import { problemsOf } from '../../server/documents/openapi.ts';
import type { DescribedRoute } from '../../server/http/route-doc.ts';
import type { HttpRoute } from '../../server/transport/http-types.ts';

const checkers = new Map<Schema, Checker<unknown>>();

function checkerOf(schema: Schema): Checker<unknown> {
  const known = checkers.get(schema) ?? checker(schema);
  checkers.set(schema, known);
  return known;
}

/** Fails where a route answers otherwise than it tells of itself, whatever the test that called it looks for. */
export function checkReply(route: HttpRoute, { status, body }: { status: number; body: unknown }): void {
  if (!('doc' in route)) return;
  const { doc, method, pattern } = route as DescribedRoute;
  const name = `${method} ${pattern} answered ${status}`;
  const described = doc.replies[status];
  if (described === undefined) {
    const { code } = body as { code?: string };
    const codes = problemsOf(doc).get(status) ?? [];
    if (!codes.some((each) => each === code)) throw new Error(`${name} ${code}, which is not described`);
  }
  const { check, explain } = checkerOf(described?.schema ?? ProblemSchema);
  if (!check(body)) throw new Error(`${name} not as described: ${explain(body)}`);
}
