/** What the client of scorewire has for Node only. See README.md. */
export { createFileQueue, type FileQueueOptions } from './file-queue.ts';
