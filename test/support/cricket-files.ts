import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CricsheetMatch } from '../../scoring/cricket/cricsheet-format.ts';
import { hasTestData, readTestData } from './test-data.ts';

/** All real matches of the test data, by their ids; none where there is no test data. */
export function cricketFiles(): [id: string, file: CricsheetMatch][] {
  if (!hasTestData) return [];
  return readdirSync(join(process.env.SCOREWIRE_TEST_DATA ?? '', 'cricket')).flatMap((name) => {
    const id = /^(\d+)\.json$/.exec(name)?.[1];
    return id === undefined ? [] : [[id, readTestData<CricsheetMatch>(`cricket/${name}`)]];
  });
}
