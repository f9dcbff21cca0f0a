import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isId } from '../protocol/names.ts';
import { importCricsheet } from '../scoring/cricket/cricsheet.ts';
import { MatchImport } from './import/match-import.ts';
import { parseSpeed } from './import/pace.ts';
import { connectApi } from './import/server-api.ts';

const USAGE = `Publishes matches of Cricsheet (JSON) ball by ball, through the interface that scorers use.

  npm run import -- 1187667.json ...              as fast as the server takes them, one after the other
  npm run import -- 1187667.json ... --live 20x   all at once, twenty times as fast as they were played

The match is called like the file, without .json. An import that was interrupted goes on where it was when it is run again.

  --live SPEED   such as 1x, 20x, 0.5x
  --replace      removes a match of that name first, with whatever is in it
  --url URL      the server (default: http://127.0.0.1:8080)
  --token TOKEN  one that may publish to the matches (default: SCOREWIRE_TOKEN)

Exits with 0 when all of every file is in the match of its name, else with 1.`;

interface Match {
  readonly id: string;
  readonly path: string;
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      live: { type: 'string' },
      replace: { type: 'boolean', default: false },
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      token: { type: 'string', default: process.env.SCOREWIRE_TOKEN ?? '' },
      help: { type: 'boolean', default: false },
    },
  });
  const speed = values.live === undefined ? undefined : parseSpeed(values.live);
  if (values.help) {
    console.log(USAGE);
  } else if (positionals.length === 0) {
    throw new Error(`needs a file\n\n${USAGE}`);
  } else {
    const api = connectApi(values.url, values.token);
    const matches = positionals.map(matchOf);
    const play = async ({ id, path }: Match): Promise<void> => {
      try {
        const { fixture, events } = importCricsheet(id, JSON.parse(readFileSync(path, 'utf8')));
        const deps = { api, sleep: (ms: number) => sleep(ms), print: (line: string) => console.log(line) };
        const options = { replace: values.replace, ...(speed === undefined ? {} : { speed }) };
        await new MatchImport(deps, { id, fixture, events }, options).run();
      } catch (error) {
        console.error(`import: ${id}: ${explain(error)}`);
        process.exitCode = 1;
      }
    };
    if (speed === undefined) for (const match of matches) await play(match);
    else await Promise.all(matches.map(play));
  }
} catch (error) {
  console.error(`import: ${explain(error)}`);
  process.exitCode = 1;
}

function matchOf(path: string): Match {
  const id = basename(path, '.json');
  if (!isId(id)) throw new Error(`${path}: a match can't be called "${id}"`);
  return { id, path };
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
