import { readFileSync, writeFileSync } from 'node:fs';
import type { FaultRow } from './load.ts';
import type { Handover } from './viewers.ts';

const FILE = new URL('../../docs/reliability.md', import.meta.url);

/** Puts the rows that a run has shown into docs/reliability.md, where `UPDATE_FAULT_TABLE=1` asks for it. */
export function writeFaultTable(rows: readonly FaultRow[]): void {
  writeTable('fault table', [
    '| fault | in flight | events | sent again | lost | doubled | next ack after |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ fault, inFlight, events, repeated, lost, doubled, recoveryMs }) =>
        `| ${fault} | ${inFlight} | ${events} | ${repeated} | ${lost} | ${doubled} | ${recoveryMs === undefined ? 'all settled before it ended' : `${recoveryMs} ms`} |`,
    ),
  ]);
}

export function writeHandoverTable(rows: readonly (readonly [name: string, handover: Handover])[]): void {
  writeTable('handover table', [
    '| what happens | partitions that move | all of them with a new owner after | longest time without an update |',
    '|---|---|---|---|',
    ...rows.map(
      ([name, { moved, takeoverMs, silenceMs }]) =>
        `| ${name} | ${moved} | ${takeoverMs} ms | ${silenceMs} ms |`,
    ),
  ]);
}

/** What a run shows of a master of Redis that dies. Times count from its end, then from when another has its place. */
export interface FailoverRow {
  readonly name: string;
  readonly failoverMs: number;
  readonly acceptedMs: number;
  readonly healedMs: number;
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
}

export function writeFailoverTable(rows: readonly FailoverRow[]): void {
  writeTable('failover table', [
    '| who arranges it | another master after | next ack after that | all viewers right after that | events | lost | doubled |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ name, failoverMs, acceptedMs, healedMs, events, lost, doubled }) =>
        `| ${name} | ${failoverMs} ms | ${acceptedMs} ms | ${healedMs} ms | ${events} | ${lost} | ${doubled} |`,
    ),
  ]);
}

export function writeBusTable(rows: readonly (readonly [what: string, healedMs: number])[]): void {
  writeTable('bus table', [
    '| what happens | all viewers right after |',
    '|---|---|',
    ...rows.map(([what, healedMs]) => `| ${what} | ${healedMs} ms |`),
  ]);
}

function writeTable(name: string, lines: readonly string[]): void {
  if (process.env.UPDATE_FAULT_TABLE !== '1') return;
  const begin = `<!-- ${name} -->`;
  const end = `<!-- end of ${name} -->`;
  const document = readFileSync(FILE, 'utf8');
  const before = document.slice(0, document.indexOf(begin) + begin.length);
  const after = document.slice(document.indexOf(end));
  writeFileSync(FILE, `${before}\n${lines.join('\n')}\n${after}`);
}
