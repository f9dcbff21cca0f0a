import { type Fixture, fixtureChecker, type MatchStatus, MatchStatusSchema } from '../../protocol/matches.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { MatchListing, ScoreStore } from '../../store/score-store.ts';
import type { Authenticator, Identity } from '../auth/identity.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decide, identify, permit } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { CONFIGURE, FIXTURE, HISTORY, LIST, LISTED, READ, RECORDS, REMOVE } from './match-docs.ts';
import { idAt, idQuery, integerQuery, type Parameter } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute } from './route-doc.ts';

export interface MatchDeps {
  readonly store: Pick<
    ScoreStore,
    'listMatches' | 'readMatches' | 'readMatchEvents' | 'configureMatch' | 'removeMatch'
  >;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

export const MATCH = '/v1/matches/:match';

/** Fixtures and reading; what happens in a match is in `match-event-routes.ts`. */
export function matchRoutes(deps: MatchDeps): readonly DescribedRoute[] {
  return [
    { method: 'GET', pattern: '/v1/matches', doc: LIST, handler: (request) => listMatches(request, deps) },
    { method: 'PUT', pattern: MATCH, doc: CONFIGURE, handler: (request) => configureMatch(request, deps) },
    { method: 'GET', pattern: MATCH, doc: READ, handler: (request) => readMatch(request, deps) },
    {
      method: 'GET',
      pattern: `${MATCH}/fixture`,
      doc: FIXTURE,
      handler: (request) => readFixture(request, deps),
    },
    {
      method: 'GET',
      pattern: `${MATCH}/events`,
      doc: HISTORY,
      handler: (request) => readEvents(request, deps),
    },
    { method: 'DELETE', pattern: MATCH, doc: REMOVE, handler: (request) => removeMatch(request, deps) },
  ];
}

/** A page can hold fewer matches than the limit, or none, since those that are not asked for, or not permitted, are left out. */
async function listMatches(request: HttpRequest, deps: MatchDeps): Promise<HttpReply> {
  const { store, authenticator } = deps;
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  const statuses = statusQuery(request);
  if (!statuses.ok) return statuses.reply;
  const limit = integerQuery(request, 'limit', LISTED);
  if (!limit.ok) return limit.reply;
  const after = idQuery(request, 'after');
  if (!after.ok) return after.reply;
  const start = after.value === undefined ? {} : { after: after.value };
  const page = await store.listMatches({ ...start, limit: limit.value });
  const matches = page
    .filter(({ summary }) => statuses.value === undefined || statuses.value.has(summary.status))
    .filter(({ id }) => maySee(caller.identity, id))
    .map(describeMatch);
  const last = page.length === limit.value ? page.at(-1) : undefined;
  return answer(request, last === undefined ? { matches } : { matches, next: last.id });
}

function describeMatch({ id, fixture, summary }: MatchListing) {
  const { sport, teams, title = `${teams[0]} v ${teams[1]}` } = fixture;
  return { id, sport, title, teams, summary };
}

const STATUSES: ReadonlySet<string> = new Set(MatchStatusSchema.anyOf.map((each) => each.const));

/** One or several, with commas between them. */
function statusQuery(request: HttpRequest): Parameter<ReadonlySet<MatchStatus> | undefined> {
  const text = request.query.get('status');
  if (text === null) return { ok: true, value: undefined };
  const told = text.split(',');
  if (told.every(isStatus)) return { ok: true, value: new Set(told) };
  const message = `"status" must be one or some of: ${[...STATUSES].join(',')}`;
  return { ok: false, reply: problem('malformed', message) };
}

function isStatus(text: string): text is MatchStatus {
  return STATUSES.has(text);
}

async function configureMatch(request: HttpRequest, deps: MatchDeps): Promise<HttpReply> {
  const match = await permittedMatch(request, deps);
  if (!match.ok) return match.reply;
  const body = await readBody(request, fixtureChecker);
  if (!body.ok) return body.reply;
  const fixture: Fixture = body.value;
  const verdict = await deps.store.configureMatch(match.value, fixture, deps.clock.now());
  if (!verdict.ok) return problem(verdict.code, verdict.message);
  return answer(request, { id: match.value, ...fixture });
}

async function readMatch(request: HttpRequest, deps: MatchDeps): Promise<HttpReply> {
  const match = await visibleMatch(request, deps);
  if (!match.ok) return match.reply;
  const [view] = await deps.store.readMatches([match.value]);
  return view === undefined ? noMatch(match.value) : answer(request, view.document);
}

async function readFixture(request: HttpRequest, deps: MatchDeps): Promise<HttpReply> {
  const match = await visibleMatch(request, deps);
  if (!match.ok) return match.reply;
  const [view] = await deps.store.readMatches([match.value]);
  return view === undefined ? noMatch(match.value) : answer(request, { id: match.value, ...view.fixture });
}

async function readEvents(request: HttpRequest, deps: MatchDeps): Promise<HttpReply> {
  const match = await visibleMatch(request, deps);
  if (!match.ok) return match.reply;
  const after = integerQuery(request, 'after', RECORDS.after);
  if (!after.ok) return after.reply;
  const limit = integerQuery(request, 'limit', RECORDS.limit);
  if (!limit.ok) return limit.reply;
  const page = { after: after.value, limit: limit.value };
  const history = await deps.store.readMatchEvents(match.value, page);
  return history === undefined ? noMatch(match.value) : answer(request, history);
}

/** Removing what is not there is no error, so that a removal can be sent again. */
async function removeMatch(request: HttpRequest, deps: MatchDeps): Promise<HttpReply> {
  const match = await permittedMatch(request, deps);
  if (!match.ok) return match.reply;
  return answer(request, { removed: await deps.store.removeMatch(match.value, deps.clock.now()) });
}

function noMatch(match: string): HttpReply {
  return problem('not_found', `there is no match "${match}"`);
}

/** The match of the path, for those who may publish to it. */
export async function permittedMatch(
  request: HttpRequest,
  { authenticator }: Pick<MatchDeps, 'authenticator'>,
): Promise<Parameter<string> & ({ ok: false } | { readonly identity: Identity; readonly ok: true })> {
  const match = idAt(request, 0, 'a match');
  if (!match.ok) return match;
  const permission = await permit(request, authenticator, { publish: channelOf(match.value) });
  return permission.ok ? { ...match, identity: permission.identity } : permission;
}

async function visibleMatch(request: HttpRequest, { authenticator }: MatchDeps): Promise<Parameter<string>> {
  const match = idAt(request, 0, 'a match');
  if (!match.ok) return match;
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller;
  if (maySee(caller.identity, match.value)) return match;
  const permission = decide(caller, { read: channelOf(match.value) });
  return permission.ok ? match : permission;
}

/** Whoever keeps the score has to see it. */
function maySee(identity: Identity, match: string): boolean {
  return identity.maySubscribe(channelOf(match)) || identity.mayPublish(channelOf(match));
}

function channelOf(match: string): string {
  return `match:${match}`;
}
