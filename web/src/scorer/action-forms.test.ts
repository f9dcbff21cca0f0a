import { expect, test } from 'vitest';
import type { ActionEvent } from '../../../protocol/match-events.ts';
import { cricket } from '../../../scoring/cricket/cricket.ts';
import { generic } from '../../../scoring/generic/generic.ts';
import { CricketScorer } from '../../../test/support/cricket-scorer.ts';
import { type ActionForm, cricketForms, genericForms, initialValues, isFilledIn } from './action-forms.ts';

const named = (forms: readonly ActionForm[], id: string): ActionForm => {
  const form = forms.find((each) => each.id === id);
  if (form === undefined) throw new Error(`there is no form ${id}`);
  return form;
};
const event = (form: ActionForm, values: Record<string, string> = {}): ActionEvent =>
  ({ type: 'match', match: 'm', ...form.read({ ...initialValues(form), ...values }) }) as ActionEvent;

test('forms give events that the rules take', () => {
  const scorer = new CricketScorer();
  const apply = (id: string, values?: Record<string, string>) =>
    cricket.apply(scorer.state, event(named(cricketForms(scorer.state), id), values));
  const taken = { change: expect.anything() };
  expect(apply('toss', { winner: 'Europe', decision: 'field' })).toEqual(taken);
  scorer.begin('Asia').balls(3);
  expect(apply('retire')).toEqual(taken);
  expect(scorer.state.innings[0]?.striker).toBeUndefined();
  expect(apply('penalty', { team: 'Asia' })).toEqual(taken);
  expect(scorer.innings.extras.penalty).toBe(5);
  expect(apply('note', { text: ' Rain ' })).toEqual(taken);
  expect(apply('break', { reason: 'rain' })).toEqual(taken);
  expect(apply('resume')).toEqual(taken);
  expect(apply('revise', { overs: '10' })).toEqual(taken);
  expect(scorer.innings.maxOvers).toBe('10');
  expect(apply('over')).toMatchObject({ refused: { message: 'Over 1 has had 3 of its 6 balls' } });
  expect(apply('declare')).toEqual(taken);
  expect(apply('innings', { runs: '90', overs: '8' })).toEqual(taken);
  expect(scorer.innings).toMatchObject({ team: 'Europe', target: 90, maxOvers: '8' });
  expect(apply('end', { result: 'won:Asia', method: 'D/L' })).toEqual(taken);
  expect(scorer.document.result?.text).toBe('Asia won (D/L method)');
});

test('forms of a sport of points give events that its rules take', () => {
  const state = generic.begin('m', { sport: 'generic', teams: ['A', 'B'] });
  const apply = (id: string, values?: Record<string, string>) =>
    generic.apply(state, event(named(genericForms(state), id), values));
  expect(apply('period', { name: '1st half' })).toHaveProperty('change');
  expect(apply('clock', { minutes: '12', seconds: '30', running: 'stands' })).toHaveProperty('change');
  expect(state.clock).toEqual({ seconds: 750, running: false });
  expect(apply('end', { result: 'no result' })).toHaveProperty('change');
  expect(genericForms(state).map(({ id }) => id)).toEqual(['note']);
});

test('a form is filled in when what it needs is there', () => {
  const form = named(cricketForms(new CricketScorer().begin('Asia').state), 'revise');
  expect(isFilledIn(form, { runs: '', overs: '' })).toBe(true);
  expect(isFilledIn(form, { runs: 'many' })).toBe(false);
  const note = named(cricketForms(new CricketScorer().state), 'note');
  expect(isFilledIn(note, { text: ' ' })).toBe(false);
});
