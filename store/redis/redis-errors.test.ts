import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../score-store.ts';
import { classify, refusalOf } from './redis-errors.ts';

function reply(message: string): Error {
  return Object.assign(new Error(message), {
    name: 'ReplyError',
    command: { name: 'auth', args: ['s3cret'] },
  });
}

describe('what Redis and its client say', () => {
  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'writes'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is unable to persist on disk.', 'writes'],
    ['NOREPLICAS Not enough good replicas to write.', 'writes'],
    ["READONLY You can't write against a read only replica.", 'away'],
    ['LOADING Redis is loading the dataset in memory', 'away'],
    ['CLUSTERDOWN The cluster is down', 'away'],
    ['BUSY Redis is busy running a script.', 'away'],
    ['NOAUTH Authentication required.', 'away'],
    ['ERR max number of clients reached', 'away'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'defect'],
    ['ERR user_script:12: attempt to index a nil value', 'defect'],
  ] as const)('%s means %s', (message, kind) => {
    const failure = classify(reply(message));
    expect(failure.kind).toBe(kind);
    expect(failure.error instanceof StoreUnavailableError).toBe(kind !== 'defect');
    expect(failure.error.message).toContain(message);
    const outcome = kind === 'away' ? 'unknown' : undefined;
    const change = refusalOf(message) === undefined ? outcome : 'refused';
    expect('change' in failure.error ? failure.error.change : undefined).toBe(change);
    expect(failure.error.cause).toMatchObject({ message });
    expect(inspect(failure, { depth: 9 })).not.toContain('s3cret');
  });

  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'its memory is full'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is unable to.', "it can't save to its disk"],
    ['NOREPLICAS Not enough good replicas to write.', 'too few of its replicas answer'],
    ["READONLY You can't write against a read only replica.", 'it is a read-only replica'],
    ['LOADING Redis is loading the dataset in memory', undefined],
  ])('%s: writes are refused because %s', (message, reason) => {
    expect(refusalOf(message)?.reason).toBe(reason);
  });

  test('whatever is not a reply is the connection', () => {
    const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    for (const error of [new Error('Connection is closed.'), refused, 'odd']) {
      expect(classify(error)).toMatchObject({ kind: 'away' });
    }
    expect(classify(refused).message).toBe('ECONNREFUSED');
    expect(classify(refused).error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
