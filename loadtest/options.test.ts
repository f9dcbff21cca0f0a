import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';
import { SCENARIOS } from './scenarios/index.ts';

const parse = (text: string, environment: Record<string, string> = {}) =>
  parseOptions(text.split(' '), SCENARIOS, environment);

describe('the options of a load test', () => {
  it('are those of the scenario where none are given', () => {
    expect(parse('--scenario fanout')).toMatchObject({
      ...(SCENARIOS.fanout?.defaults ?? {}),
      encodings: ['json', 'msgpack'],
      seed: 1,
      target: { type: 'running', url: 'http://127.0.0.1:8080', token: '' },
    });
  });

  it('are read', () => {
    const text =
      '--scenario ranks --duration 5m --rate 20 --connections 3 --encodings msgpack --seed 7 --threads 2 --spawn real';
    expect(parse(text)).toMatchObject({
      ...{ seconds: 300, rate: 20, connections: 3, encodings: ['msgpack'], seed: 7, threads: 2 },
      target: { type: 'spawned', engines: 'real' },
    });
  });

  it('take the token from the environment, and processes by name', () => {
    expect(
      parse('--scenario soak --url http://[::1]:1 --process redis=12', { SCOREWIRE_TOKEN: 'x' })?.target,
    ).toEqual({
      ...{ type: 'running', url: 'http://[::1]:1', token: 'x', processes: [{ name: 'redis', pid: 12 }] },
    });
  });

  it('are nothing where help is asked for', () => {
    expect(parse('--help')).toBeUndefined();
  });

  it.each(['http://127.0.0.1:1', 'http://127.8.9.1:1', 'http://localhost:1', 'https://[::1]:1'])(
    'let %s be put under load',
    (url) => expect(parse(`--scenario soak --url ${url}`)).toBeDefined(),
  );

  it.each(['http://example.com', 'http://10.0.0.1:8080', 'http://127.example.com', 'http://0.0.0.0:1'])(
    'let %s be put under load only by an explicit word',
    (url) => {
      expect(() => parse(`--scenario soak --url ${url}`)).toThrow('--allow-remote');
      expect(parse(`--scenario soak --url ${url} --allow-remote`)?.target).toMatchObject({ url });
    },
  );

  it.each([
    ['--scenario none', 'must be one of ingest-http'],
    ['--scenario toString', 'must be one of'],
    ['--scenario soak --duration 0', 'must be from 1s to 24h'],
    ['--scenario soak --duration 25h', 'must be from 1s to 24h'],
    ['--scenario soak --duration 5d', 'must be from 1s to 24h'],
    ['--scenario soak --rate 0', 'must be a whole number from 1'],
    ['--scenario soak --connections 20001', 'must be a whole number from 1 to 20000'],
    ['--scenario soak --rate 1e3', 'must be a whole number'],
    ['--scenario soak --encodings json,xml', 'must be json or msgpack'],
    ['--scenario soak --spawn docker', 'must be embedded or real'],
    ['--scenario soak --spawn real --url http://127.0.0.1:1', 'choose one'],
    ['--scenario soak --url ftp://127.0.0.1', 'must be an address'],
    ['--scenario soak --process redis', 'must be a name and a number'],
    ['--scenario soak --speed 3', 'speed'],
  ])('refuse %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
