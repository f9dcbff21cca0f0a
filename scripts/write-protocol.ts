import { writeFileSync } from 'node:fs';
import { PROTOCOL_FILE, protocolDocument } from './protocol-document.ts';

writeFileSync(PROTOCOL_FILE, protocolDocument());
console.log('protocol/PROTOCOL.md is written');
