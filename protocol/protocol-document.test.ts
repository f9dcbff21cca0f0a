import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROTOCOL_FILE, protocolDocument } from '../scripts/protocol-document.ts';
import { CLOSE_CODES, ERROR_CODES } from './codes.ts';
import { EVENT_SCHEMAS } from './events.ts';
import { CLIENT_FRAME_SCHEMAS, SERVER_FRAME_SCHEMAS } from './frames.ts';

const committed = readFileSync(PROTOCOL_FILE, 'utf8');

describe('PROTOCOL.md', () => {
  it('is what `npm run protocol` writes', () => {
    expect(committed).toBe(protocolDocument());
  });

  it('describes every frame, every event and every code', () => {
    for (const name of Object.keys({ ...CLIENT_FRAME_SCHEMAS, ...SERVER_FRAME_SCHEMAS, ...EVENT_SCHEMAS })) {
      expect(committed).toContain(`### \`${name}\``);
    }
    for (const code of Object.keys(ERROR_CODES)) expect(committed).toContain(`| \`${code}\` |`);
    for (const { code } of Object.values(CLOSE_CODES)) expect(committed).toContain(`| ${code} |`);
  });

  it('gives every field of a frame a meaning, but for its type', () => {
    const rows = committed
      .split('\n')
      .filter((line) => /^\| `[^|]+\|[^|]+\| (?:always|may|in one)/.test(line));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => !row.startsWith('| `type`') && row.endsWith('|  |'))).toEqual([]);
  });
});
