import type { Refusal } from '../../contest/refusal.ts';
import type { Authenticator, Identity } from '../auth/identity.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decide, identify, permit } from './access.ts';
import { idAt, type Parameter } from './parameters.ts';
import { problem } from './problem.ts';

/** While a contest is loaded. */
const RETRY_AFTER_MS = 1000;

interface AccessDeps {
  readonly authenticator: Authenticator;
}

/** The tournament of the path, for those who may change it. */
export async function managedTournament(
  request: HttpRequest,
  { authenticator }: AccessDeps,
): Promise<Parameter<string>> {
  const tournament = idAt(request, 0, 'a tournament');
  if (!tournament.ok) return tournament;
  const permission = await permit(request, authenticator, { publish: `tournament:${tournament.value}` });
  return permission.ok ? tournament : permission;
}

/** Whoever may change it has to see it. */
export async function permitSeeing(
  request: HttpRequest,
  { authenticator }: AccessDeps,
  tournament: string,
  channel: string,
): Promise<Parameter<undefined>> {
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller;
  if (caller.identity.mayPublish(`tournament:${tournament}`)) return { ok: true, value: undefined };
  const permission = decide(caller, { read: channel });
  return permission.ok ? { ok: true, value: undefined } : permission;
}

export function maySee(identity: Identity, tournament: string): boolean {
  return identity.maySubscribe(everybodyOf(tournament)) || identity.mayPublish(`tournament:${tournament}`);
}

/** The channel of the league that holds every team. */
export function everybodyOf(tournament: string): string {
  return `league:${tournament}:all`;
}

export function noTournament(tournament: string): HttpReply {
  return problem('not_found', `there is no tournament "${tournament}"`);
}

export function refusalReply(
  { code, message }: Refusal,
  details?: Readonly<Record<string, unknown>>,
): HttpReply {
  const retry = code === 'unavailable' ? { retryAfterMs: RETRY_AFTER_MS } : {};
  return problem(code, message, { ...retry, ...(details === undefined ? {} : { details }) });
}
