import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

const ATTEMPTS = 5;
/** Locks of this process. A file that names our own process id and is not among them is left over from one that had the same id. */
const held = new Set<string>();

/**
 * Makes this process the only one that uses a file, by a file beside it that names the process. One that a dead process has left
 * behind counts for nothing. Rejects where a living process holds it. The result gives it up again.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  if (held.has(path)) throw new Error(`${path}: this process holds the lock already`);
  const own = `${process.pid} ${await startOf(process.pid)}`;
  // A file that appears with its contents: nobody can find the lock empty.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, own, { flag: 'wx' });
  held.add(path);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await isLinked(draft, path)) return () => unlock(path, own);
      await removeStale(path, own);
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

async function removeStale(path: string, own: string): Promise<void> {
  const found = await read(path);
  if (found === undefined) return;
  const [pid = '', start = ''] = found.split(' ');
  if (found !== own && (await isAlive(Number(pid), start))) {
    throw new Error(`${path}: the process ${pid} uses this queue`);
  }
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
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  const now = await startOf(pid);
  return now === '' || start === '' || now === start;
}

/** When a process began, as Linux counts; empty where that is not to be had. Tells a process from an earlier one with its id. */
async function startOf(pid: number): Promise<string> {
  const stat = await read(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything, blanks too; the 20th field after it is the start.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
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
