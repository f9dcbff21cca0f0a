import type { Authenticator, Identity } from '../auth/identity.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { bearerToken } from '../transport/negotiation.ts';
import { problem } from './problem.ts';

/** Who asks; `anonymous` is set where no token came, so that a refusal can ask for one. */
export type Caller =
  | { readonly ok: true; readonly identity: Identity; readonly anonymous: boolean }
  | { readonly ok: false; readonly reply: HttpReply };

/**
 * A token that is given must be good, even where none is needed. `queryToken` is one from the address, for what browsers
 * give no headers; the header counts where both are there. At once where nothing has to be waited for.
 */
export function identify(
  request: HttpRequest,
  authenticator: Authenticator,
  queryToken = '',
): Caller | Promise<Caller> {
  const authorization = request.header('authorization');
  const token = authorization === '' ? queryToken : bearerToken(authorization);
  if (token === '') return { ok: true, identity: authenticator.anonymous, anonymous: true };
  if (token === undefined) return { ok: false, reply: unauthorized('Authorization must be: Bearer <token>') };
  const identity = authenticator.remembered(token);
  return identity === undefined ? verify(token, authenticator) : { ok: true, identity, anonymous: false };
}

async function verify(token: string, authenticator: Authenticator): Promise<Caller> {
  const authentication = await authenticator.authenticate(token);
  if (authentication.ok) return { ok: true, identity: authentication.identity, anonymous: false };
  return { ok: false, reply: unauthorized(authentication.message, 'Bearer error="invalid_token"') };
}

export type Action = { readonly read: string } | { readonly publish: string };

export type Permission =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reply: HttpReply };

export async function permit(
  request: HttpRequest,
  authenticator: Authenticator,
  action: Action,
): Promise<Permission> {
  const caller = await identify(request, authenticator);
  return caller.ok ? decide(caller, action) : caller;
}

/** Who may not is told 401 where a token could help, else 403. */
export function decide(caller: Caller & { readonly ok: true }, action: Action): Permission {
  const { identity, anonymous } = caller;
  const allowed = 'read' in action ? identity.maySubscribe(action.read) : identity.mayPublish(action.publish);
  if (allowed) return { ok: true, identity };
  if (anonymous) return { ok: false, reply: unauthorized('this needs a token') };
  const what = 'read' in action ? `reading "${action.read}"` : `publishing to "${action.publish}"`;
  return { ok: false, reply: problem('forbidden', `the token does not permit ${what}`) };
}

export function unauthorized(detail: string, challenge = 'Bearer'): HttpReply {
  return problem('unauthorized', detail, { headers: { 'www-authenticate': challenge } });
}
