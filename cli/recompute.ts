import { parseArgs } from 'node:util';

const USAGE = `Recomputes a board from the event log, or the scores of a tournament from cards and points, repairs what differs, and prints it.

  npm run recompute -- board:x
  npm run recompute -- tournament:x

  --url URL      the server (default: http://127.0.0.1:8080)
  --token TOKEN  an admin token (default: SCOREWIRE_TOKEN)

Exits with 0 when all is right, with 1 when it could not be recomputed.`;

interface Standing {
  readonly score: number | string;
  readonly arrival?: number;
}

interface ContestAnswer {
  readonly target: string;
  readonly checked: number;
  readonly corrected: number;
  readonly differences: readonly { readonly team: string; readonly was: number; readonly is: number }[];
}

interface BoardAnswer {
  readonly target: string;
  readonly checked: number;
  readonly corrected: number;
  readonly unsettled: number;
  readonly differences: readonly {
    readonly member: string;
    readonly window?: string;
    readonly found?: Standing;
    readonly right?: Standing;
  }[];
  readonly fromPosition: number;
  readonly position: number;
  readonly checkpoint: 'saved' | 'board_too_large' | 'not_saved';
  readonly windows: readonly { readonly window: string; readonly unprovable?: string }[];
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      token: { type: 'string', default: process.env.SCOREWIRE_TOKEN ?? '' },
      help: { type: 'boolean', default: false },
    },
  });
  const [target] = positionals;
  if (values.help) console.log(USAGE);
  else if (target === undefined || positionals.length > 1) throw new Error(`needs one target\n\n${USAGE}`);
  else print(await recompute(target, values.url, values.token));
} catch (error) {
  console.error(`recompute: ${explain(error)}`);
  process.exitCode = 1;
}

async function recompute(target: string, url: string, token: string): Promise<BoardAnswer | ContestAnswer> {
  const response = await fetch(new URL('/v1/recompute', url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ target }),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body as BoardAnswer | ContestAnswer;
  const { code = response.status, detail = response.statusText } = (body ?? {}) as {
    code?: string;
    detail?: string;
  };
  throw new Error(`refused (${code}): ${detail}`);
}

function print(answer: BoardAnswer | ContestAnswer): void {
  if ('windows' in answer) printBoard(answer);
  else printContest(answer);
}

function printContest({ target, checked, corrected, differences }: ContestAnswer): void {
  console.log(`${target}: ${checked} teams checked, ${corrected} corrected`);
  if (differences.length === 0) return;
  const rows = differences.map(({ team, was, is }) => [team, String(was), String(is)]);
  console.log(`\n${formatTable([['team', 'was', 'is'], ...rows])}`);
  if (corrected > differences.length) console.log(`... and ${corrected - differences.length} more`);
}

function printBoard({ target, differences, windows, ...answer }: BoardAnswer): void {
  const { checked, corrected, unsettled, fromPosition, position, checkpoint } = answer;
  const found = corrected + unsettled;
  const beside = windows.length === 0 ? '' : ` (with ${windows.length} windows)`;
  console.log(`${target}${beside}: ${checked} members checked, ${corrected} corrected`);
  console.log(`replayed the log from position ${fromPosition} to ${position}`);
  if (checkpoint === 'board_too_large') console.log('the board is too large for a checkpoint');
  if (checkpoint === 'not_saved') console.log('no checkpoint was kept: the board was removed meanwhile');
  if (differences.length > 0) {
    const rows = differences.map(({ member, window = '', found, right }) => [
      ...[member, show(found), show(right)],
      window,
    ]);
    console.log(
      `\n${formatTable([['member', 'found', 'right', windows.length > 0 ? 'window' : ''], ...rows])}`,
    );
  }
  if (found > differences.length) console.log(`... and ${found - differences.length} more`);
  const unproven = windows.filter(({ unprovable }) => unprovable !== undefined);
  for (const { window, unprovable } of unproven) console.error(`recompute: ${window}: ${unprovable}`);
  if (unproven.length > 0) process.exitCode = 1;
  if (unsettled === 0) return;
  console.error(`recompute: ${unsettled} members could not be set right; try again at a quieter time`);
  process.exitCode = 1;
}

function show(standing: Standing | undefined): string {
  if (standing === undefined) return 'not there';
  const { score, arrival } = standing;
  return arrival === undefined ? String(score) : `${score} (reached at ${arrival})`;
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The library says "fetch failed" and keeps the reason to itself. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
