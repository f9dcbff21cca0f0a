import type { DeliveryEvent, PlayEvent } from '../../protocol/match-events.ts';
import { describeAction } from './commentary-action.ts';
import { ballInWords, replacementsInWords } from './commentary-ball.ts';
import { momentsOf } from './commentary-moments.ts';
import { wicketsInWords } from './commentary-wicket.ts';
import type { CricketChange, CricketState } from './state.ts';
import { joinSentences } from './words.ts';

/** An event in sentences, right after it was applied: first what happened, then what came of it. */
export function describeCricket(state: CricketState, event: PlayEvent, change: CricketChange): string {
  if (event.type !== 'delivery') return joinSentences(describeAction(state, event, change));
  return joinSentences([
    ...describeBall(event, change),
    ...wicketsInWords(state, event.delivery, change),
    ...momentsOf(state, event.delivery, change),
  ]);
}

/** The scorer's own words take the place of ours. */
function describeBall({ delivery }: DeliveryEvent, change: CricketChange): string[] {
  const told = delivery.commentary?.replaceAll(/\s+/g, ' ').trim() ?? '';
  const before = replacementsInWords(delivery);
  if (told !== '') return [told, ...before];
  return [...before, `${change.ball} ${delivery.bowler} to ${delivery.batter}, ${ballInWords(delivery)}`];
}
