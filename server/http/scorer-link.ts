import { isId } from '../../protocol/names.ts';
import type { HttpRoute } from '../transport/http-types.ts';
import { problem } from './problem.ts';

/** The scorer's page of a match, by an address that can be said and written down at the ground. */
export const scorerLink: HttpRoute = {
  method: 'GET',
  pattern: '/score/:match',
  handler: ({ params: [match = ''] }) =>
    isId(match)
      ? { status: 302, headers: { location: `/scorer/?id=${match}` } }
      : problem('not_found', 'there is no such match'),
};
