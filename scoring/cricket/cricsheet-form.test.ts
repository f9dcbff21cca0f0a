import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cricsheetOf, type File, type FileDelivery } from '../../test/support/cricsheet-of.ts';
import { foldMatch } from '../match-fold.ts';
import { cricket } from './cricket.ts';
import { importCricsheet } from './cricsheet.ts';
import { simulateMatch } from './simulator.ts';

const NAMES = (letter: string): string[] => Array.from({ length: 11 }, (_, index) => `${letter}${index + 1}`);

/** A ball of Asia's innings, or of Europe's, with what differs from a dot. */
const ball = (fields: Partial<FileDelivery> = {}, letter = 'a'): FileDelivery => ({
  batter: `${letter}1`,
  bowler: letter === 'a' ? 'e11' : 'a11',
  non_striker: `${letter}2`,
  runs: { batter: 0, extras: 0, total: 0 },
  ...fields,
});
const run = (total: number): FileDelivery['runs'] => ({ batter: total, extras: 0, total });
const overOf = (over: number, ...deliveries: FileDelivery[]) => ({ over, deliveries });

type Info = { [K in keyof File['info']]?: File['info'][K] | undefined };

const fileOf = (info: Info, ...innings: NonNullable<File['innings']>): File =>
  ({
    info: {
      teams: ['Asia', 'Europe'],
      players: { Asia: NAMES('a'), Europe: NAMES('e') },
      match_type: 'T20',
      overs: 20,
      balls_per_over: 6,
      outcome: { result: 'no result' },
      ...info,
    },
    innings,
  }) as File;

function imported(file: unknown) {
  const { fixture, events } = importCricsheet('m', file);
  const overridden = events.filter(({ override }) => override);
  return { fixture, overridden, document: foldMatch(cricket, 'm', fixture, events).document() };
}

describe('an imported match', () => {
  it('may have its miscounts as texts, and its last over complete by them', () => {
    const overs = [overOf(0, ...Array.from({ length: 5 }, () => ball()))];
    const { document } = imported(
      fileOf({}, { team: 'Asia', overs, miscounted_overs: { '0': { balls: '5' } } }),
    );
    expect(document.innings['1']).toMatchObject({ overs: '1', balls: 5 });
    expect(document.innings['1']?.bowling.e11).toMatchObject({ overs: '1', maidens: 1 });
  });

  it('may have players whom its lists lack, and one who may come for another', () => {
    const overs = [overOf(0, ball({ batter: 'new', bowler: 'sub' }))];
    const { overridden, fixture } = imported(
      fileOf({ supersubs: { Europe: 'sub', Asia: 'other' } }, { team: 'Asia', overs }),
    );
    expect(overridden).toEqual([]);
    expect(fixture.squads?.[0]).toEqual([...NAMES('a'), 'other', 'new']);
    expect(fixture.squads?.[1]).toContain('sub');
  });

  it('may have no lists, and a name on both sides', () => {
    const overs = [overOf(0, ball({ bowler: 'a1' }))];
    expect(imported(fileOf({ players: undefined }, { team: 'Asia', overs })).fixture.squads).toBeUndefined();
    const both = imported(
      fileOf({ players: { Asia: NAMES('a'), Europe: [...NAMES('e'), 'a1'] } }, { team: 'Asia', overs }),
    );
    expect(both.overridden).toEqual([]);
    expect(both.document.innings['1']?.bowling.a1?.balls).toBe(1);
  });

  it.each([4, 5, 8])('may have overs of %i balls', (balls_per_over) => {
    const deliveries = Array.from({ length: balls_per_over }, () => ball());
    const { document, overridden } = imported(
      fileOf({ balls_per_over }, { team: 'Asia', overs: [overOf(0, ...deliveries)] }),
    );
    expect(document.innings['1']?.overs).toBe('1');
    expect(overridden).toEqual([]);
  });

  it('may have wides with byes, and an over without a ball', () => {
    const odd = ball({ runs: { batter: 0, extras: 3, total: 3 }, extras: { wides: 1, byes: 2 } });
    const { document, overridden } = imported(
      fileOf({}, { team: 'Asia', overs: [overOf(0, odd), overOf(1)] }),
    );
    expect(overridden).toHaveLength(1);
    expect(document.innings['1']).toMatchObject({
      runs: 3,
      overs: '0',
      extras: { wides: 1, byes: 2 },
      bowling: { e11: { runs: 1, wides: 1 } },
    });
  });

  it('may have two wickets on a ball, and a batter who retires and comes back', () => {
    const overs = [
      overOf(
        0,
        ball({ wickets: [{ player_out: 'a1', kind: 'retired hurt' }] }),
        ball({
          batter: 'a3',
          wickets: [{ player_out: 'a2', kind: 'run out', fielders: [{ substitute: true }] }],
        }),
        ball({ batter: 'a3', non_striker: 'a1', runs: run(1) }),
        ball({
          wickets: [
            { player_out: 'a1', kind: 'hit the ball twice' },
            { player_out: 'a4', kind: 'timed out' },
          ],
          non_striker: 'a3',
        }),
      ),
    ];
    const { document, overridden } = imported(fileOf({}, { team: 'Asia', overs }));
    expect(overridden).toEqual([]);
    expect(document.innings['1']).toMatchObject({ wickets: 3, runs: 1 });
    expect(document.innings['1']?.batting.a1).toMatchObject({
      balls: 2,
      out: { kind: 'hit the ball twice' },
    });
    expect(document.innings['1']?.batting.a1).not.toHaveProperty('retired');
    expect(document.innings['1']?.bowling.e11?.wickets).toBe(0);
  });

  it('may have penalty runs before and after an innings, and those who are absent', () => {
    const innings = { team: 'Asia', overs: [overOf(0, ball({ runs: run(2) }))] };
    const { document, overridden } = imported(
      fileOf({}, { ...innings, penalty_runs: { pre: 5, post: 10 }, absent_hurt: ['a9'] }),
    );
    expect(overridden).toEqual([]);
    expect(document.innings['1']).toMatchObject({ runs: 17, extras: { penalty: 15 } });
  });

  it('may have super overs after super overs', () => {
    const six = (letter: string) => [overOf(0, ...Array.from({ length: 6 }, () => ball({}, letter)))];
    const asia = { team: 'Asia', overs: six('a') };
    const europe = { team: 'Europe', overs: six('e') };
    const decider = { ...europe, super_over: true, overs: [overOf(0, ball({ runs: run(1) }, 'e'))] };
    const { document, overridden } = imported(
      fileOf(
        { overs: 1, outcome: { result: 'tie', eliminator: 'Europe' } },
        ...[asia, europe, { ...europe, super_over: true }, { ...asia, super_over: true }],
        ...[{ ...asia, super_over: true }, decider],
      ),
    );
    expect(overridden).toEqual([]);
    expect(Object.keys(document.innings)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(document.result).toEqual({ winner: 'Europe', text: 'Match tied (Europe won the super over)' });
  });

  it.each<[object, object]>([
    [
      { winner: 'Asia', method: 'Awarded' },
      { winner: 'Asia', text: 'Asia won (awarded)' },
    ],
    [
      { result: 'tie', bowl_out: 'Asia' },
      { winner: 'Asia', text: 'Match tied (Asia won the bowl-out)' },
    ],
    [
      { winner: 'Asia', by: { innings: 1, runs: 12 } },
      { winner: 'Asia', by: { innings: 1, runs: 12 }, text: 'Asia won by an innings and 12 runs' },
    ],
    [
      { winner: 'Europe', by: { runs: 1 }, method: 'D/L' },
      { winner: 'Europe', by: { runs: 1 }, text: 'Europe won by 1 run (D/L method)' },
    ],
    [
      { winner: 'Asia', method: 'Lost fewer wickets' },
      { winner: 'Asia', text: 'Asia won having lost fewer wickets' },
    ],
    [{ result: 'tie' }, { text: 'Match tied' }],
    [{ result: 'draw' }, { text: 'Match drawn' }],
    [{ result: 'no result' }, { text: 'No result' }],
    [{}, { text: 'No result' }],
    [{ winner: 'Somebody else' }, { text: 'Somebody else won' }],
  ])('of the outcome %j has the result %j', (outcome, result) => {
    expect(imported(fileOf({ outcome }, { team: 'Asia' }, { team: 'Europe' })).document.result).toEqual(
      result,
    );
  });

  it('without an outcome is still played', () => {
    expect(imported(fileOf({ outcome: undefined }, { team: 'Asia' })).document.status).toBe('live');
    expect(imported(fileOf({ outcome: undefined })).document.innings).toEqual({});
  });
});

describe('what is no file of Cricsheet', () => {
  const file = (): File => fileOf({}, { team: 'Asia', overs: [overOf(0, ball())] });
  const withBall = (fields: object): unknown =>
    fileOf({}, { team: 'Asia', overs: [overOf(0, { ...ball(), ...fields } as FileDelivery)] });
  const at = 'innings[0].overs[0].deliveries[0]';

  it.each<[unknown, string]>([
    [undefined, 'it must be an object'],
    ['text', 'it must be an object'],
    [[], 'it must be an object'],
    [{}, '"info" must be an object'],
    [{ info: {} }, '"info.teams" must be a list'],
    [{ info: { teams: ['Asia'] } }, '"info.teams" must be two teams'],
    [{ info: { teams: ['Asia', 'Asia'] } }, '"info.teams" must be two teams'],
    [{ ...file(), innings: {} }, '"innings" must be a list'],
    [{ ...file(), innings: [null] }, '"innings[0]" must be an object'],
    [
      fileOf({}, { team: 'Asia', overs: [{ over: -1, deliveries: [] }] }),
      '"innings[0].overs[0].over" must be a number from 0',
    ],
    [withBall({ batter: undefined }), `"${at}.batter" must be a text`],
    [withBall({ runs: undefined }), `"${at}.runs" must be an object`],
    [withBall({ runs: { batter: '4', extras: 0, total: 4 } }), `"${at}.runs.batter" must be a number from 0`],
    [withBall({ extras: { wides: -1 } }), `"${at}.extras.wides" must be a number from 0`],
    [withBall({ wickets: [{ player_out: 'a1' }] }), `"${at}.wickets[0].kind" must be a text`],
    [withBall({ wickets: [{ player_out: 'a1', kind: 'eaten' }] }), 'nobody can be out "eaten"'],
  ])('%j is told as: %s', (value, message) => {
    expect(() => importCricsheet('m', value)).toThrow(`not a match of Cricsheet: ${message}`);
  });

  it('but is of its form and cannot be a match is told by its place', () => {
    expect(() => importCricsheet('m', fileOf({}, { team: 'Africa' }))).toThrow(
      'the event "innings": Africa do not play in this match',
    );
    expect(() => importCricsheet('m', withBall({ runs: { batter: 5000, extras: 0, total: 5000 } }))).toThrow(
      /^innings 1, over 1: .*runs/,
    );
    expect(() => importCricsheet('m', fileOf({ balls_per_over: 99 }))).toThrow(
      /^cannot be set up: .*ballsPerOver/,
    );
  });

  it('is told in words and never by a crash, whatever it is', () => {
    const { fixture, events: all } = simulateMatch('m', { seed: 1, format: 'Hundred' });
    const events = [...all];
    const whole = cricsheetOf(fixture, events, foldMatch(cricket, 'm', fixture, events).document());
    const tell = (value: unknown): void => {
      try {
        importCricsheet('m', value);
      } catch (error) {
        expect((error as Error).message).toMatch(
          /^(not a match of Cricsheet|cannot be set up|innings \d+|the event)/,
        );
      }
    };
    fc.assert(fc.property(fc.anything(), tell));
    fc.assert(
      fc.property(fc.array(fc.nat(999), { minLength: 1, maxLength: 12 }), fc.anything(), (path, value) => {
        const broken = structuredClone(whole);
        let parent: unknown = broken;
        for (const [depth, step] of path.entries()) {
          const keys = Object.keys(parent as object);
          const key = keys[step % keys.length];
          if (key === undefined) break;
          const child = (parent as Record<string, unknown>)[key];
          if (depth === path.length - 1 || typeof child !== 'object' || child === null) {
            Object.defineProperty(parent, key, { value, enumerable: true });
            break;
          }
          parent = child;
        }
        tell(broken);
      }),
      { numRuns: 300 },
    );
  });
});
