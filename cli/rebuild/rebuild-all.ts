import { type ApiReply, refusalOf, type ServerApi } from '../import/server-api.ts';

/** Another recomputation of the node, or a contest that is being loaded, is over in moments or minutes. */
export const RETRY_AFTER_MS = 5000;
const MAX_ATTEMPTS = 120;
const PASSES: readonly number[] = [429, 503];
const PAGE = 'limit=100';

export interface RebuildDeps {
  readonly api: ServerApi;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly wait: (ms: number) => Promise<void>;
}

interface Page {
  readonly next?: string;
  readonly boards?: readonly { readonly id: string }[];
  readonly tournaments?: readonly { readonly id: string; readonly status: string }[];
}

interface Recomputed {
  readonly checked: number;
  readonly corrected: number;
  readonly unsettled?: number;
  readonly windows?: readonly { readonly window: string; readonly unprovable?: string }[];
}

/**
 * Recomputes whatever the server has, one after the other: every board with its windows, then every tournament that has started. What can't
 * be recomputed costs no other. Resolves to whether all is right now; rejects where the server can't be asked what it has.
 */
export async function rebuildAll(deps: RebuildDeps): Promise<boolean> {
  let checked = 0;
  let corrected = 0;
  let isRight = true;
  const targets = await everyTarget(deps.api);
  for (const target of targets) {
    const reply = await recompute(target, deps);
    // It was removed since it was listed.
    if (reply.status === 404) continue;
    if (reply.status !== 200) {
      deps.complain(`${target}: ${refusalOf(reply)}`);
      isRight = false;
      continue;
    }
    const told = reply.body as Recomputed;
    checked += told.checked;
    corrected += told.corrected;
    deps.say(`${target}: ${told.checked} checked, ${told.corrected} corrected`);
    for (const trouble of troublesOf(told)) {
      deps.complain(`${target}: ${trouble}`);
      isRight = false;
    }
  }
  deps.say(`${targets.length} boards and tournaments: ${checked} checked, ${corrected} corrected`);
  return isRight;
}

async function everyTarget(api: ServerApi): Promise<readonly string[]> {
  const targets: string[] = [];
  for await (const { boards = [] } of pages(api, '/v1/boards')) {
    for (const { id } of boards) targets.push(`board:${id}`);
  }
  for await (const { tournaments = [] } of pages(api, '/v1/tournaments')) {
    for (const { id, status } of tournaments) if (status === 'started') targets.push(`tournament:${id}`);
  }
  return targets;
}

async function* pages(api: ServerApi, path: string): AsyncGenerator<Page> {
  let after = '';
  for (;;) {
    const reply = await api.call('GET', `${path}?${PAGE}${after}`);
    if (reply.status !== 200) throw new Error(refusalOf(reply));
    const page = reply.body as Page;
    yield page;
    if (page.next === undefined) return;
    after = `&after=${page.next}`;
  }
}

async function recompute(target: string, { api, wait }: RebuildDeps): Promise<ApiReply> {
  for (let attempt = 1; ; attempt++) {
    const reply = await api.call('POST', '/v1/recompute', { target });
    if (!PASSES.includes(reply.status) || attempt === MAX_ATTEMPTS) return reply;
    await wait(RETRY_AFTER_MS);
  }
}

function* troublesOf({ unsettled = 0, windows = [] }: Recomputed): Generator<string> {
  if (unsettled > 0) yield `${unsettled} members could not be set right; try again at a quieter time`;
  for (const { window, unprovable } of windows)
    if (unprovable !== undefined) yield `${window}: ${unprovable}`;
}
