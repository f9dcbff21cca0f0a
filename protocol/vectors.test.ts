import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODECS } from './codec.ts';
import {
  CLIENT_FRAME_SCHEMAS,
  type ClientFrame,
  clientFrameChecker,
  SERVER_FRAME_SCHEMAS,
  type ServerFrame,
  serverFrameChecker,
} from './frames.ts';
import { SAMPLE_FRAMES } from './sample-frames.ts';

interface Vector {
  readonly name: string;
  readonly direction: 'client' | 'server';
  readonly frame: ClientFrame | ServerFrame;
  readonly json: string;
  readonly msgpack: string;
}

const file = new URL('./vectors/frames.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

describe('the golden vectors (npm run vectors)', () => {
  it('cover every frame, both ways', () => {
    const types = (direction: string): string[] => {
      const frames = vectors.filter((vector) => vector.direction === direction);
      return [...new Set(frames.map(({ frame }) => frame.type))].sort();
    };
    expect(types('client')).toEqual(Object.keys(CLIENT_FRAME_SCHEMAS).sort());
    expect(types('server')).toEqual(Object.keys(SERVER_FRAME_SCHEMAS).sort());
  });

  it('are those of the sample frames, under names of their own', () => {
    deepStrictEqual(
      vectors.map(({ name, direction, frame }) => ({ name, direction, frame })),
      SAMPLE_FRAMES,
    );
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
  });

  describe.each(vectors)('$direction: $name', ({ direction, frame, json, msgpack }) => {
    const bytes = new Uint8Array(Buffer.from(msgpack, 'hex'));

    it('is what both encoders write', () => {
      expect(CODECS.json.encode(frame)).toBe(json);
      expect(Buffer.from(CODECS.msgpack.encode(frame)).toString('hex')).toBe(msgpack);
    });

    it('is what both decoders read', () => {
      deepStrictEqual(CODECS.json.decode(json), frame);
      deepStrictEqual(CODECS.msgpack.decode(bytes), frame);
    });

    it('is valid', () => {
      const checker = direction === 'client' ? clientFrameChecker : serverFrameChecker;
      expect(checker.check(CODECS.msgpack.decode(bytes)) || checker.explain(frame)).toBe(true);
    });
  });
});
