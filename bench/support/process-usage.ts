import { readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second. */
const MICROSECONDS_PER_TICK = 10_000;

/** Microseconds of CPU that a process has taken; not known where there is no /proc. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may have blanks: the state is the third field, user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** Bytes of memory that a process really has; not known where there is no /proc. */
export function memoryOf(pid: number): Promise<number> {
  return statusOf(pid, 'VmRSS');
}

/** The most that it ever had. */
export function peakMemoryOf(pid: number): Promise<number> {
  return statusOf(pid, 'VmHWM');
}

async function statusOf(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}
