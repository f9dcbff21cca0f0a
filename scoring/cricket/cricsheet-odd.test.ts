import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CricketDocument, CricketDocumentSchema } from '../../protocol/matches.ts';
import { checker } from '../../protocol/schema.ts';
import { cricketFiles } from '../../test/support/cricket-files.ts';
import { anyMutation } from '../../test/support/cricsheet-mutations.ts';
import { cricsheetOf, type File } from '../../test/support/cricsheet-of.ts';
import { cardOf, plainCard } from '../../test/support/plain-card.ts';
import { hasTestData, LEFT_OUT } from '../../test/support/test-data.ts';
import { foldMatch } from '../match-fold.ts';
import { cricket } from './cricket.ts';
import { importCricsheet } from './cricsheet.ts';
import { SIMULATED_FORMATS, type SimulatedFormat } from './simulated-format.ts';
import { simulateMatch } from './simulator.ts';

const documentChecker = checker(CricketDocumentSchema);

function folded(file: File): CricketDocument {
  const { fixture, events } = importCricsheet('m', file);
  return foldMatch(cricket, 'm', fixture, events).document();
}

function simulated(format: SimulatedFormat, seed: number) {
  const { fixture, events: all } = simulateMatch('m', { seed, format });
  const events = [...all];
  const document = foldMatch(cricket, 'm', fixture, events).document();
  const hasMore = events.some(
    (event) => event.type === 'match' && (event.action === 'penalty' || event.action === 'retire'),
  );
  return { file: cricsheetOf(fixture, events, document), document, hasMore };
}

/** Whatever its laws, the sums are those of the file. */
function expectPlainSums(file: File): void {
  const document = folded(file);
  expect(documentChecker.check(document) || documentChecker.explain(document)).toBe(true);
  const innings = file.innings ?? [];
  expect(Object.values(document.innings).map(({ team }) => team)).toEqual(innings.map(({ team }) => team));
  for (const [index, each] of innings.entries()) {
    const overs = each.overs?.filter(({ deliveries }) => deliveries.length > 0) ?? [];
    const card = plainCard({ ...each, overs }, file.info.balls_per_over ?? 6);
    expect(cardOf(document.innings[String(index + 1)])).toEqual(card);
  }
  if (file.info.outcome === undefined) return;
  const { winner, eliminator, bowl_out } = file.info.outcome;
  const told = winner ?? eliminator ?? bowl_out;
  expect(document.result?.winner).toBe(
    told !== undefined && file.info.teams.includes(told) ? told : undefined,
  );
  expect(document.status).toBe('complete');
}

const anyMutations = fc.array(anyMutation, { minLength: 1, maxLength: 6 });

describe('the file of a simulated match', () => {
  it.each(SIMULATED_FORMATS)('(%s) is imported to the same match, without an override', (format) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { file, document, hasMore } = simulated(format, seed);
        fc.pre(!hasMore);
        expect(importCricsheet('m', file).events.filter(({ override }) => override)).toEqual([]);
        const { events: _one, ...expected } = document;
        const { events: _other, ...found } = folded(file);
        expect(found).toEqual(expected);
        expectPlainSums(file);
      }),
      { numRuns: format === 'Test' ? 6 : 20 },
    );
  });

  it('is imported to its plain sums, whatever is odd in it', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('T20', 'Hundred'), anyMutations, (seed, format, mutations) => {
        const { file } = simulated(format, seed);
        for (const mutate of mutations) mutate(file);
        expectPlainSums(file);
      }),
      { numRuns: 120 },
    );
  });

  it('is imported to its plain sums, whatever is odd in four innings', () => {
    fc.assert(
      fc.property(fc.nat(), anyMutations, (seed, mutations) => {
        const { file } = simulated('Test', seed);
        for (const mutate of mutations) mutate(file);
        expectPlainSums(file);
      }),
      { numRuns: 8 },
    );
  });
});

describe.skipIf(!hasTestData)(`a real file${LEFT_OUT}`, () => {
  it('is imported to its plain sums, whatever is odd in it', () => {
    const files = cricketFiles().filter(([, file]) => (file.info.overs ?? 90) <= 20);
    fc.assert(
      fc.property(fc.nat(), anyMutations, (place, mutations) => {
        const file = structuredClone(files[place % files.length]?.[1]) as File;
        for (const mutate of mutations) mutate(file);
        expectPlainSums(file);
      }),
      { numRuns: 80 },
    );
  });
});
