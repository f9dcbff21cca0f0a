/** What runs in the thread of contests. */
import { ContestDesk } from './contest-desk.ts';
import { serveQuestions } from './thread.ts';

const desk = new ContestDesk();
serveQuestions((question) => desk.answer(question));
