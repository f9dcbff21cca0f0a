import type { PlayEvent } from '../../protocol/match-events.ts';
import type { CricketDocument } from '../../protocol/matches.ts';
import type { Applied, Refused, Sport } from '../sport.ts';
import { performAction } from './action.ts';
import { checkAction, checkMeaning } from './check-action.ts';
import { checkDelivery, inningsOf } from './check-delivery.ts';
import { describeCricket } from './commentary.ts';
import { scoreDelivery } from './delivery.ts';
import { printMatch } from './document.ts';
import { beginCricket, checkCricketFixture } from './fixture.ts';
import { endInnings, openInnings, reachedEnd } from './innings.ts';
import { deriveOutcome } from './result.ts';
import type { CricketChange, CricketState } from './state.ts';
import { summarize } from './summary.ts';

/**
 * Cricket by the laws. What the laws hold for impossible is refused, unless the event says `override`: umpires err, and what they have
 * allowed stands.
 */
export const cricket: Sport<CricketState, CricketChange, CricketDocument> = {
  name: 'cricket',
  checkFixture: checkCricketFixture,
  begin: beginCricket,
  apply: (state, event) => {
    const change = event.type === 'delivery' ? bowl(state, event) : act(state, event);
    return 'refused' in change ? change : settle(state, change);
  },
  document: printMatch,
  summary: summarize,
  describe: describeCricket,
};

function bowl(state: CricketState, event: PlayEvent & { type: 'delivery' }): CricketChange | Refused {
  const innings = inningsOf(state, event);
  if ('refused' in innings) return innings;
  const refused = event.override ? undefined : checkDelivery(state, innings, event);
  return refused === undefined ? scoreDelivery(state, innings, event) : { refused };
}

function act(state: CricketState, event: PlayEvent & { type: 'match' }): CricketChange | Refused {
  const meaningless = checkMeaning(state, event);
  if (meaningless !== undefined) return meaningless;
  const refused = event.override ? undefined : checkAction(state, event);
  return refused === undefined ? performAction(state, event) : { refused };
}

/** What follows from the scores: the end of the innings, and of the match. */
function settle(state: CricketState, change: CricketChange): Applied<CricketChange> {
  const told = state.outcome?.derived === false;
  const before = state.outcome;
  const open = openInnings(state);
  const end = open === undefined || told ? undefined : reachedEnd(state, open);
  if (open !== undefined && end !== undefined) endInnings(open, end);
  if (!told) state.outcome = deriveOutcome(state);
  const outcome = state.outcome;
  return {
    change: {
      ...change,
      ...(end !== undefined ? { inningsEnded: end } : {}),
      ...(outcome !== undefined && outcome.text !== before?.text ? { outcome } : {}),
    },
  };
}
