import { writeFileSync } from 'node:fs';
import { CODECS } from '../protocol/codec.ts';
import { SAMPLE_FRAMES } from '../protocol/sample-frames.ts';

/** Writes the golden vectors: every frame as JSON text and as MessagePack in hex, for clients in other languages. */
const vectors = SAMPLE_FRAMES.map(({ name, direction, frame }) => ({
  name,
  direction,
  frame,
  json: CODECS.json.encode(frame),
  msgpack: Buffer.from(CODECS.msgpack.encode(frame)).toString('hex'),
}));
const file = new URL('../protocol/vectors/frames.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(vectors, undefined, 2)}\n`);
console.log(`${vectors.length} vectors in protocol/vectors/frames.json`);
