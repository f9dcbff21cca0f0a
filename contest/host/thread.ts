/** The one file that knows worker threads: both ends of a channel of questions and answers. */
import { parentPort, Worker } from 'node:worker_threads';
import { assert } from '../../runtime/errors.ts';
import type { Answer, Question } from './calls.ts';

export interface ContestThread {
  /** The bytes are given away: they cannot be read here any more. */
  send(question: Question, given: readonly ArrayBuffer[]): void;
  stop(): Promise<void>;
}

export interface ThreadEvents {
  readonly onAnswer: (answer: Answer) => void;
  /** The thread has ended, and not because it was stopped. At most once. */
  readonly onLost: (cause: unknown) => void;
}

/** Where this program runs from its sources, so does the thread, whose loader `execArgv` has to name. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './contest-worker.ts' : './contest-worker.js',
  import.meta.url,
);

/** The first message from the thread. */
const READY = 'ready';

/** Resolves when the thread is ready. `execArgv`: default as in this process. */
export async function startThread(
  { onAnswer, onLost }: ThreadEvents,
  execArgv?: readonly string[],
): Promise<ContestThread> {
  const worker = new Worker(ENTRY, execArgv === undefined ? {} : { execArgv: [...execArgv] });
  let isOver = false;
  await new Promise<void>((resolve, reject) => {
    let isReady = false;
    const end = (cause: unknown): void => {
      if (isOver) return;
      isOver = true;
      if (isReady) onLost(cause);
      else reject(cause);
    };
    worker.on('message', (message: Answer | typeof READY) => {
      if (message !== READY) return onAnswer(message);
      isReady = true;
      resolve();
    });
    worker.on('error', end);
    worker.on('exit', (code) => end(new Error(`the thread of contests ended with ${code}`)));
  });
  return {
    send: (question, given) => worker.postMessage(question, given),
    stop: async () => {
      isOver = true;
      await worker.terminate();
    },
  };
}

/** In the thread: answers each question in turn. */
export function serveQuestions(answer: (question: Question) => Answer): void {
  const port = parentPort;
  assert(port !== null, 'this runs in a thread of its own');
  port.on('message', (question: Question) => {
    const answered = answer(question);
    port.postMessage(answered, buffersOf(answered.answer));
  });
  port.postMessage(READY);
}

/** Columns of an answer are made for it, so they are given away. */
function buffersOf(answer: Answer['answer']): ArrayBuffer[] {
  if (typeof answer !== 'object') return [];
  return Object.values(answer).flatMap((value) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}
