import { expect, it } from 'vitest';
import { diff } from '../protocol/patches.ts';
import type { Document } from '../protocol/views.ts';
import { importCricsheet } from '../scoring/cricket/cricsheet.ts';
import { beginMatch } from '../scoring/sports.ts';
import { hasTestData, LEFT_OUT, readTestData } from './support/test-data.ts';

/** What following a match costs, against being sent all of it with every ball. */
function bytesOf(match: string) {
  const { fixture, events } = importCricsheet(match, readTestData(`cricket/${match}.json`));
  const fold = beginMatch(match, fixture);
  let before = fold.document() as unknown as Document;
  let patches = 0;
  let documents = 0;
  for (const event of events) {
    fold.append(event);
    const after = fold.document() as unknown as Document;
    patches += Buffer.byteLength(JSON.stringify(diff('document', before, after)));
    documents += Buffer.byteLength(JSON.stringify(after));
    before = after;
  }
  return { events: events.length, patches, documents };
}

/** A card grows with the match and a ball does not, so the longer the match, the less of it a ball changes. */
it.skipIf(!hasTestData).each([
  ['1267676', 'a Test match', 0.06],
  ['1384429', 'fifty overs a side', 0.1],
  ['1187667', 'twenty overs a side', 0.12],
])(
  `the patches of match %s, %s, have less than %d of the bytes of its documents${LEFT_OUT}`,
  (match, _what, share) => {
    const { patches, documents, events } = bytesOf(match);
    expect(events).toBeGreaterThan(200);
    expect(patches / documents).toBeLessThan(share);
    expect(patches / events).toBeLessThan(300);
  },
);
