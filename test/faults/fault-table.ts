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

function writeTable(name: string, lines: readonly string[]): void {
  if (process.env.UPDATE_FAULT_TABLE !== '1') return;
  const begin = `<!-- ${name} -->`;
  const end = `<!-- end of ${name} -->`;
  const document = readFileSync(FILE, 'utf8');
  const before = document.slice(0, document.indexOf(begin) + begin.length);
  const after = document.slice(document.indexOf(end));
  writeFileSync(FILE, `${before}\n${lines.join('\n')}\n${after}`);
}
