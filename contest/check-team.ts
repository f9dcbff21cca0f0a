import { ID_FORM, isId, isText, TEXT_FORM } from '../protocol/names.ts';
import { BONUS_FORM, readBonus } from '../scoring/fantasy/amount.ts';
import { LEAGUE_OF_ALL, MAX_CARDS_PER_TEAM, MAX_LEAGUES_PER_TEAM } from './limits.ts';
import { type Refused, refuse } from './refusal.ts';

/** A team whose form is right. Whether there are such players is for the contest to know. */
export interface CheckedTeam {
  readonly team: string;
  /** Bonuses in thousandths. */
  readonly cards: readonly { readonly player: string; readonly bonus: number }[];
  /** Each once, without the league of all. */
  readonly leagues: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** `{team, leagues?: [id], cards: [{player, bonus}]}`, as it comes from outside. */
export function checkTeam(value: unknown): CheckedTeam | Refused {
  if (!isObject(value)) return refuse('malformed', 'A team is an object with "team" and "cards"');
  const unknown = Object.keys(value).find((name) => !['team', 'leagues', 'cards'].includes(name));
  if (unknown !== undefined) return refuse('malformed', `A team has no field ${JSON.stringify(unknown)}`);
  const { team, cards, leagues = [] } = value;
  if (typeof team !== 'string' || !isText(team)) return refuse('malformed', `"team" must be ${TEXT_FORM}`);
  const checkedCards = checkCards(cards);
  if ('refused' in checkedCards) return checkedCards;
  const checkedLeagues = checkLeagues(leagues);
  if ('refused' in checkedLeagues) return checkedLeagues;
  return { team, cards: checkedCards, leagues: checkedLeagues };
}

function checkCards(cards: unknown): CheckedTeam['cards'] | Refused {
  if (!Array.isArray(cards)) return refuse('malformed', '"cards" must be a list');
  if (cards.length === 0) return refuse('malformed', 'A team has at least one card');
  if (cards.length > MAX_CARDS_PER_TEAM) {
    return refuse('too_large', `A team has at most ${MAX_CARDS_PER_TEAM} cards, not ${cards.length}`);
  }
  const checked: { player: string; bonus: number }[] = [];
  const players = new Set<string>();
  for (const [index, card] of cards.entries()) {
    if (!isObject(card) || Object.keys(card).some((name) => name !== 'player' && name !== 'bonus')) {
      return refuse('malformed', `Card ${index + 1} must be an object with "player" and "bonus"`);
    }
    const { player } = card;
    if (typeof player !== 'string' || !isText(player)) {
      return refuse('malformed', `The player of card ${index + 1} must be ${TEXT_FORM}`);
    }
    if (players.has(player)) return refuse('malformed', `${JSON.stringify(player)} is on two cards`);
    const bonus = typeof card.bonus === 'number' ? readBonus(card.bonus) : undefined;
    if (bonus === undefined) {
      return refuse('malformed', `The bonus of ${JSON.stringify(player)} must be ${BONUS_FORM}`);
    }
    players.add(player);
    checked.push({ player, bonus });
  }
  return checked;
}

function checkLeagues(leagues: unknown): readonly string[] | Refused {
  if (!Array.isArray(leagues)) return refuse('malformed', '"leagues" must be a list');
  const wrong = leagues.find((league) => typeof league !== 'string' || !isId(league));
  if (wrong !== undefined)
    return refuse('malformed', `A league must be ${ID_FORM}, not ${JSON.stringify(wrong)}`);
  const others = new Set<string>(leagues);
  others.delete(LEAGUE_OF_ALL);
  if (others.size > MAX_LEAGUES_PER_TEAM) {
    return refuse('too_large', `A team is in at most ${MAX_LEAGUES_PER_TEAM} leagues, not ${others.size}`);
  }
  return [...others];
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
