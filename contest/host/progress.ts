/** How far a contest is, in memory that both threads see: it can be read while the other one is busy, as when it loads. */
export interface Progress {
  readonly phase: Phase;
  /** Registered or loaded. */
  readonly teams: number;
}

const PHASES = ['open', 'indexing', 'started'] as const;
export type Phase = (typeof PHASES)[number];

const PHASE_CELL = 0;
const TEAMS_CELL = 1;
const CELLS = 2;

export function newProgress(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
}

export function tellProgress(cells: Int32Array, { phase, teams }: Progress): void {
  Atomics.store(cells, TEAMS_CELL, teams);
  Atomics.store(cells, PHASE_CELL, PHASES.indexOf(phase));
}

export function readProgress(cells: Int32Array): Progress {
  return { phase: PHASES[Atomics.load(cells, PHASE_CELL)] ?? 'open', teams: Atomics.load(cells, TEAMS_CELL) };
}
