import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

const ATTEMPTS = 5;
/** States of processes that have ended, though their parents have not asked how: the first process of a container may never ask. */
const DEAD: ReadonlySet<string> = new Set(['Z', 'X', 'x']);
/** Locks of this process. */
const held = new Set<string>();

/**
 * Makes this process the only one that uses a file, by a file beside it that names the process and its host: on a shared volume
 * several containers may have processes of the same id. One that a dead process of this host has left behind counts for nothing;
 * of another host nobody here can tell, so its lock stands. Rejects where the lock is held. The result gives it up again.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  if (held.has(path)) throw new Error(`${path}: this process holds the lock already`);
  const { start } = await processOf(process.pid);
  const own = `${process.pid} ${start} ${hostname()}`;
  // A file that appears with its contents: nobody can find the lock empty.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, own, { flag: 'wx' });
  held.add(path);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await isLinked(draft, path)) return () => unlock(path, own);
      await removeStale(path);
    }
    throw new Error(`${path}: other processes are taking the lock`);
  } catch (error) {
    held.delete(path);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function unlock(path: string, own: string): Promise<void> {
  if (!held.delete(path)) return;
  if ((await read(path)) === own) await rm(path, { force: true });
}

async function isLinked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await read(path);
  if (found === undefined) return;
  // One without a host was written by an earlier version, which knew of none but this.
  const [pid = '', start = '', host = hostname()] = found.split(' ');
  if (host !== hostname()) {
    const remedy = 'if that process does not run any more, remove this file';
    throw new Error(`${path}: the process ${pid} on the host ${host} uses this queue; ${remedy}`);
  }
  if (await isAlive(Number(pid), start)) throw new Error(`${path}: the process ${pid} uses this queue`);
  // Moved before it is removed: where another process was quicker, what was moved is its lock and goes back.
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await read(moved)) !== found) await isLinked(moved, path);
  await rm(moved, { force: true });
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const now = await processOf(pid);
  // Our own id: another thread of ours where the start is the same too, else left over from a process that had the same id.
  if (pid === process.pid) return now.start !== '' && now.start === start;
  if (DEAD.has(now.state)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return now.start === '' || start === '' || now.start === start;
}

/**
 * The state of a process, and when it began as Linux counts, which tells it from an earlier one with its id; both empty where
 * they are not to be had.
 */
async function processOf(pid: number): Promise<{ readonly state: string; readonly start: string }> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything, blanks too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
