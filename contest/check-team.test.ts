import { describe, expect, test } from 'vitest';
import { checkTeam } from './check-team.ts';
import { MAX_CARDS_PER_TEAM, MAX_LEAGUES_PER_TEAM } from './limits.ts';

const card = { player: 'kohli', bonus: 1.5 };
const team = { team: 'ann', cards: [card] };
const cards = (count: number) => Array.from({ length: count }, (_, i) => ({ player: `p${i}`, bonus: 1 }));
const leagues = (count: number) => Array.from({ length: count }, (_, i) => `l${i}`);

test('a good team is given with its bonuses in thousandths, each league once, that of all left out', () => {
  const checked = checkTeam({ ...team, leagues: ['office', 'all', 'office'] });
  expect(checked).toEqual({ team: 'ann', cards: [{ player: 'kohli', bonus: 1500 }], leagues: ['office'] });
});

test('as many cards and leagues as may be', () => {
  const checked = checkTeam({
    team: 'ann',
    cards: cards(MAX_CARDS_PER_TEAM),
    leagues: leagues(MAX_LEAGUES_PER_TEAM),
  });
  expect(checked).not.toHaveProperty('refused');
});

describe('refused is', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no object', 7, 'malformed', /object/],
    ['a list', [team], 'malformed', /object/],
    ['nothing', null, 'malformed', /object/],
    ['a team without a name', { cards: [card] }, 'malformed', /"team"/],
    ['an empty name', { ...team, team: '' }, 'malformed', /"team"/],
    ['a name with a control character', { ...team, team: 'a\nb' }, 'malformed', /"team"/],
    ['a name that is too long', { ...team, team: 'ä'.repeat(65) }, 'malformed', /"team"/],
    ['a field that is not known', { ...team, captain: 'kohli' }, 'malformed', /"captain"/],
    ['a team without cards', { team: 'ann' }, 'malformed', /"cards"/],
    ['an empty team', { ...team, cards: [] }, 'malformed', /at least one/],
    ['too many cards', { ...team, cards: cards(MAX_CARDS_PER_TEAM + 1) }, 'too_large', /at most 50/],
    ['a repeated card', { ...team, cards: [card, { ...card, bonus: 1 }] }, 'malformed', /"kohli" is on two/],
    ['a card that is none', { ...team, cards: ['kohli'] }, 'malformed', /Card 1/],
    ['a card with more to it', { ...team, cards: [{ ...card, price: 3 }] }, 'malformed', /Card 1/],
    ['a player without a name', { ...team, cards: [{ bonus: 1 }] }, 'malformed', /player of card 1/],
    ['a card without a bonus', { ...team, cards: [{ player: 'kohli' }] }, 'malformed', /bonus of "kohli"/],
    ['a bonus as a text', { ...team, cards: [{ ...card, bonus: '1' }] }, 'malformed', /bonus/],
    ['a bonus of 0', { ...team, cards: [{ ...card, bonus: 0 }] }, 'malformed', /from 0.001 to 1000/],
    ['a negative bonus', { ...team, cards: [{ ...card, bonus: -1 }] }, 'malformed', /bonus/],
    ['too great a bonus', { ...team, cards: [{ ...card, bonus: 1000.001 }] }, 'malformed', /bonus/],
    ['a bonus of four decimals', { ...team, cards: [{ ...card, bonus: 1.2345 }] }, 'malformed', /bonus/],
    ['leagues that are no list', { ...team, leagues: 'office' }, 'malformed', /"leagues"/],
    ['a league that is no id', { ...team, leagues: ['my office'] }, 'malformed', /my office/],
    ['too many leagues', { ...team, leagues: leagues(MAX_LEAGUES_PER_TEAM + 1) }, 'too_large', /at most 100/],
  ])('%s', (_, value, code, message) => {
    expect(checkTeam(value)).toEqual({ refused: { code, message: expect.stringMatching(message) } });
  });
});
