import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Real results and cases that are read in place and never copied into the project. Where the folder is absent, as on
 * a user's machine, the tests that read it are left out and say so.
 */
const folder = process.env.SCOREWIRE_TEST_DATA;

export const hasTestData = folder !== undefined && folder !== '';
export const LEFT_OUT = hasTestData ? '' : ' (left out: SCOREWIRE_TEST_DATA names no folder of test data)';

export function readTestData<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder ?? '', path), 'utf8')) as T;
}
