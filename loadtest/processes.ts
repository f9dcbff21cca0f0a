import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface WatchedProcess {
  readonly name: string;
  readonly pid: number;
}

/** What a process took since the last look. */
export interface ProcessUse {
  readonly name: string;
  /** Of one core; a process with several threads can have more than 1. */
  readonly cores: number;
  readonly megabytes: number;
}

/** CPU and memory of processes as Linux tells them in /proc; where there is none, or the process has gone, it is left out. */
export class ProcessWatch {
  readonly #processes: readonly WatchedProcess[];
  readonly #before = new Map<number, { readonly at: number; readonly seconds: number }>();

  constructor(processes: readonly WatchedProcess[]) {
    this.#processes = processes;
    this.look(performance.now());
  }

  look(now: number): readonly ProcessUse[] {
    return this.#processes.flatMap(({ name, pid }) => {
      const read = readProcess(pid);
      if (read === undefined) return [];
      const before = this.#before.get(pid);
      this.#before.set(pid, { at: now, seconds: read.cpuSeconds });
      const cores =
        before === undefined ? 0 : ((read.cpuSeconds - before.seconds) * 1000) / (now - before.at);
      return [{ name, cores, megabytes: read.megabytes }];
    });
  }
}

/** The busy cores of the machine between two looks, whoever kept them busy. */
export class MachineWatch {
  #before = readMachine();

  look(): number | undefined {
    const before = this.#before;
    const now = readMachine();
    this.#before = now;
    if (before === undefined || now === undefined || now.all === before.all) return undefined;
    return (cpus().length * (now.busy - before.busy)) / (now.all - before.all);
  }
}

/** Linux counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

function readProcess(pid: number): { cpuSeconds: number; megabytes: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may have blanks: the state is the third field, user and system time are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      megabytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024,
    };
  } catch {
    return undefined;
  }
}

function readMachine(): { busy: number; all: number } | undefined {
  try {
    // The time of all cores as user, nice, system, idle, waiting, ...
    const [, ...fields] = (/^cpu .*$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[0] ?? '').split(/\s+/);
    const all = fields.slice(0, 8).reduce((sum, field) => sum + Number(field), 0);
    return { all, busy: all - Number(fields[3]) - Number(fields[4]) };
  } catch {
    return undefined;
  }
}
