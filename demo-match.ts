import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ID_FORM, isId } from './protocol/names.ts';
import { StartError } from './runtime/errors.ts';
import { importCricsheet } from './scoring/cricket/cricsheet.ts';
import type { PlayedMatch } from './server/demo/demo-fantasy.ts';

/** A match of Cricsheet (JSON) for the demonstration, called like its file. What is wrong with it stops the start. */
export function loadPlayedMatch(path: string): PlayedMatch {
  const id = basename(path, '.json');
  if (!isId(id)) throw new StartError(`--file ${path}: a match is called like its file: ${ID_FORM}`);
  try {
    return { id, ...importCricsheet(id, JSON.parse(readFileSync(path, 'utf8'))) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StartError(`--file ${path}: ${message}`, { cause: error });
  }
}
