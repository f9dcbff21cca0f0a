import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DecodeError } from '../../protocol/decode-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OperatingError } from '../../runtime/errors.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { TeamUpload } from '../contests/team-upload.ts';
import { HTTP_LIMITS, maxValues, type ServerLimits } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { unsupportedFormat } from './checked-body.ts';
import { answer, decodeBody, formatOf } from './formats.ts';
import { problem } from './problem.ts';
import type { DescribedRoute } from './route-doc.ts';
import { managedTournament, noTournament, refusalReply } from './tournament-access.ts';
import { UPLOAD } from './tournament-docs.ts';
import { TOURNAMENT } from './tournament-routes.ts';

export interface UploadRouteDeps {
  readonly store: Pick<ScoreStore, 'readTournaments' | 'addTeams'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

type UploadLimits = Pick<ServerLimits, 'bodyBytes' | 'eventsPerPublish'>;

const RETRY_AFTER_MS = 1000;
const PIECE_BYTES = 64 * 1024;

/** What is sent is not what its headers say. */
class UnreadableError extends Error {}

/** `POST /v1/tournaments/{id}/teams`: any number of teams in one request, a few at a time. */
export function uploadRoute(deps: UploadRouteDeps, limits: UploadLimits): DescribedRoute {
  let running = 0;
  const handler = async (request: HttpRequest): Promise<HttpReply> => {
    const tournament = await managedTournament(request, deps);
    if (!tournament.ok) return tournament.reply;
    if (running >= HTTP_LIMITS.uploads) {
      const options = { retryAfterMs: RETRY_AFTER_MS };
      return problem('rate_limited', 'this node is at as many uploads as it may be', options);
    }
    running++;
    try {
      return await upload(request, tournament.value, deps, limits);
    } finally {
      running--;
    }
  };
  return { method: 'POST', pattern: `${TOURNAMENT}/teams`, doc: UPLOAD, handler };
}

async function upload(
  request: HttpRequest,
  tournament: string,
  deps: UploadRouteDeps,
  limits: UploadLimits,
): Promise<HttpReply> {
  const pieces = piecesOf(request, limits);
  if (!('pieces' in pieces)) return pieces;
  const [found] = await deps.store.readTournaments([tournament]);
  if (found === undefined) return noTournament(tournament);
  if (found.status === 'started')
    return problem('conflict', 'the tournament has started: its teams change one by one');
  const teams = new TeamUpload(deps, { tournament, players: found.settings.players });
  try {
    const refusal = await teams.take(pieces.pieces);
    return refusal === undefined
      ? answer(request, teams.result)
      : refusalReply(refusal, { lines: teams.lines });
  } catch (error) {
    const details = { lines: teams.lines };
    if (error instanceof DecodeError) return problem(error.code, error.message, { details });
    if (error instanceof UnreadableError) return problem('malformed', error.message, { details });
    if (!(error instanceof OperatingError)) throw error;
    const { code, retryAfterMs } = error;
    return problem(code, 'this can not be served at present', { retryAfterMs, details });
  }
}

function piecesOf(
  request: HttpRequest,
  limits: UploadLimits,
): { readonly pieces: AsyncIterable<Uint8Array> } | HttpReply {
  const format = formatOf(request.header('content-type'));
  if (format === undefined) return unsupportedFormat('NDJSON, JSON or MessagePack');
  const encoding = request.header('content-encoding').trim().toLowerCase();
  const isPlain = encoding === '' || encoding === 'identity';
  if (format !== 'ndjson' && isPlain) return { pieces: linesOf(request, format, limits) };
  if (isPlain) return { pieces: request.pieces() };
  if (format === 'ndjson' && encoding === 'gzip') return { pieces: gunzip(request.pieces()) };
  return problem('malformed', 'the Content-Encoding may be gzip, of NDJSON alone', { status: 415 });
}

/** One team or a list of them, as lines. */
async function* linesOf(
  request: HttpRequest,
  format: 'json' | 'msgpack',
  limits: UploadLimits,
): AsyncGenerator<Uint8Array, void> {
  const bytes = await request.body(limits.bodyBytes);
  const value = decodeBody(format, bytes, { maxValues: maxValues(limits) });
  for (const team of Array.isArray(value) ? value : [value]) yield Buffer.from(`${JSON.stringify(team)}\n`);
}

async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const unpacked = createGunzip({ chunkSize: PIECE_BYTES });
  // Not as objects, of which it would fetch sixteen in advance.
  const fed = pipeline(Readable.from(pieces, { objectMode: false }), unpacked);
  // It fails with what the loop below throws.
  fed.catch(() => undefined);
  try {
    yield* unpacked as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code.startsWith('Z_')) throw new UnreadableError('the body is not gzip, or not all of it');
    throw error;
  }
}
