/** `node --import` this: worker threads then run TypeScript from its sources too, which `--import tsx` does for the main thread only. */
import { isMainThread } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

if (!isMainThread) register();
