import { readFileSync, writeFileSync } from 'node:fs';
import type { FaultRow } from './load.ts';

const FILE = new URL('../../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- fault table -->';
const END = '<!-- end of fault table -->';

/** Puts the rows that a run has shown into docs/reliability.md, where `UPDATE_FAULT_TABLE=1` asks for it. */
export function writeFaultTable(rows: readonly FaultRow[]): void {
  if (process.env.UPDATE_FAULT_TABLE !== '1') return;
  const document = readFileSync(FILE, 'utf8');
  const before = document.slice(0, document.indexOf(BEGIN) + BEGIN.length);
  const after = document.slice(document.indexOf(END));
  writeFileSync(FILE, `${before}\n${formatTable(rows)}\n${after}`);
}

function formatTable(rows: readonly FaultRow[]): string {
  return [
    '| fault | in flight | events | sent again | lost | doubled | next ack after |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ fault, inFlight, events, repeated, lost, doubled, recoveryMs }) =>
        `| ${fault} | ${inFlight} | ${events} | ${repeated} | ${lost} | ${doubled} | ${recoveryMs === undefined ? 'all settled before it ended' : `${recoveryMs} ms`} |`,
    ),
  ].join('\n');
}
