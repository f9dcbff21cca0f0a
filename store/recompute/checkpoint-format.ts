import { createHash } from 'node:crypto';
import type { BoardConfig } from '../../protocol/boards.ts';
import type { MemberRecord } from '../score-store.ts';
import type { BoardState, ShadowBoard } from './shadow-board.ts';
import { Turns } from './turns.ts';

/**
 * A checkpoint as texts. The first tells the settings, the number of members and the digest of all that; each of those is a flat list of
 * members, scores and arrivals. JSON gives doubles back bit for bit (a score is finite and never -0).
 */
const VERSION = 1;
/** A text then stays below `MAX_CHECKPOINT_TEXT_BYTES`: a member has 128 bytes at most, of which an escape makes two each. */
const MEMBERS_PER_TEXT = 200;

interface Header {
  readonly version: number;
  readonly digest: string;
  readonly members: number;
  readonly config?: BoardConfig;
}

export interface ParsedBoard extends BoardState {
  readonly members: readonly (readonly [member: string, record: MemberRecord])[];
}

/** In turns: nobody may change the shadow meanwhile. */
export async function formatCheckpoint(shadow: ShadowBoard): Promise<readonly string[]> {
  const { config, members } = shadow.state();
  const turns = new Turns();
  const texts: string[] = [];
  let flat: (string | number)[] = [];
  for (const [member, { score, arrival = 0 }] of members) {
    flat.push(member, score, arrival);
    if (flat.length < 3 * MEMBERS_PER_TEXT) continue;
    texts.push(JSON.stringify(flat));
    flat = [];
    await turns.after(MEMBERS_PER_TEXT);
  }
  if (flat.length > 0) texts.push(JSON.stringify(flat));
  const told = { members: shadow.total, ...(config === undefined ? {} : { config }) };
  const header: Header = { version: VERSION, digest: await digestOf(told, texts), ...told };
  return [JSON.stringify(header), ...texts];
}

/** `undefined` for one that is not whole, or that another version of this program wrote. No texts: there was no board. */
export async function parseCheckpoint([first, ...texts]: readonly string[]): Promise<
  ParsedBoard | undefined
> {
  if (first === undefined) return { members: [] };
  const header = parseHeader(first);
  if (header?.version !== VERSION) return undefined;
  const { version, digest, ...told } = header;
  if (digest !== (await digestOf(told, texts))) return undefined;
  const { members, config } = told;
  const turns = new Turns();
  const records: (readonly [string, MemberRecord])[] = [];
  for (const text of texts) {
    records.push(...parseRecords(text));
    await turns.after(MEMBERS_PER_TEXT);
  }
  if (records.length !== members) return undefined;
  return config === undefined ? { members: [] } : { config, members: records };
}

function parseHeader(text: string): Header | undefined {
  try {
    return JSON.parse(text) as Header;
  } catch {
    return undefined;
  }
}

function parseRecords(text: string): (readonly [string, MemberRecord])[] {
  const flat = JSON.parse(text) as (string | number)[];
  const records: (readonly [string, MemberRecord])[] = [];
  for (let i = 0; i < flat.length; i += 3) {
    records.push([flat[i] as string, { score: flat[i + 1] as number, arrival: flat[i + 2] as number }]);
  }
  return records;
}

async function digestOf(told: object, texts: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(told)).update('\n');
  const turns = new Turns();
  for (const text of texts) {
    hash.update(text).update('\n');
    await turns.after(MEMBERS_PER_TEXT);
  }
  return hash.digest('base64url');
}
