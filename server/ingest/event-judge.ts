import { eventChecker, type ScorewireEvent } from '../../protocol/events.ts';
import type { MatchEvent } from '../../protocol/match-events.ts';
import { POINTS_FORM, readPoints } from '../../scoring/fantasy/amount.ts';
import { MAX_MATCH_EVENT_BYTES } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import { PublishPermissions } from './permissions.ts';

/** Why an event does not get to the store. */
export interface Refusal {
  readonly code: 'malformed' | 'too_large' | 'forbidden';
  readonly message: string;
}

const SCOPES = {
  score: 'board:',
  result: 'product:',
  track: 'product:',
  session: 'area:',
  points: 'tournament:',
  delivery: 'match:',
  match: 'match:',
  profile: 'profile:',
} as const satisfies Record<ScorewireEvent['type'], string>;

/** Decides about the events of one publish, one by one. A result needs no permission for the boards that its product names. */
export class EventJudge {
  readonly #identity: Identity;
  readonly #boards: PublishPermissions;
  #others: Map<string, PublishPermissions> | undefined;

  constructor(identity: Identity) {
    this.#identity = identity;
    this.#boards = new PublishPermissions(identity, SCOPES.score);
  }

  /** `undefined` where the value is an event that may be applied. */
  judge(event: unknown): Refusal | undefined {
    if (!eventChecker.check(event)) return { code: 'malformed', message: eventChecker.explain(event) };
    if (event.type === 'score') {
      if (this.#boards.allows(event.board)) return undefined;
    } else {
      const fault = faultOf(event);
      if (fault !== undefined) return fault;
      if (this.#allows(event)) return undefined;
    }
    const scope = SCOPES[event.type] + targetOf(event);
    return { code: 'forbidden', message: `the token does not permit publishing to ${scope}` };
  }

  #allows(event: ScorewireEvent): boolean {
    const prefix = SCOPES[event.type];
    this.#others ??= new Map();
    let permissions = this.#others.get(prefix);
    if (permissions === undefined) {
      permissions = new PublishPermissions(this.#identity, prefix);
      this.#others.set(prefix, permissions);
    }
    return permissions.allows(targetOf(event));
  }
}

/** What no schema can say. It is the same whoever sends it, and whenever. */
function faultOf(event: ScorewireEvent): Refusal | undefined {
  switch (event.type) {
    case 'result':
      return event.winner === event.loser ? SAME_PLAYER : undefined;
    case 'points':
      return readPoints(event.points) === undefined ? NO_POINTS : undefined;
    case 'delivery':
    case 'match':
      return faultOfMatchEvent(event);
    default:
      return undefined;
  }
}

const SAME_PLAYER: Refusal = { code: 'malformed', message: '"winner" and "loser" must be two players' };
const NO_POINTS: Refusal = { code: 'malformed', message: `"points" must be ${POINTS_FORM}` };
const OTHER_MATCH: Refusal = {
  code: 'malformed',
  message: '"event.match" must be the match whose event it replaces',
};

function faultOfMatchEvent(event: MatchEvent): Refusal | undefined {
  if (event.type === 'match' && event.action === 'amend' && event.event.match !== event.match)
    return OTHER_MATCH;
  const bytes = Buffer.byteLength(JSON.stringify(event));
  if (bytes <= MAX_MATCH_EVENT_BYTES) return undefined;
  const message = `an event of a match may have ${MAX_MATCH_EVENT_BYTES} bytes of JSON, and this has ${bytes}`;
  return { code: 'too_large', message };
}

/** What a permission is about. */
function targetOf(event: ScorewireEvent): string {
  switch (event.type) {
    case 'score':
      return event.board;
    case 'result':
    case 'track':
      return event.product;
    case 'session':
      return event.area;
    case 'points':
      return event.tournament;
    case 'delivery':
    case 'match':
      return event.match;
    case 'profile':
      return event.member;
  }
}
