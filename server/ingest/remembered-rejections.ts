import type { ErrorCode } from '../../protocol/codes.ts';
import { MAX_REMEMBERED_REJECTIONS } from '../../store/score-store.ts';

export interface RememberedRejection {
  readonly code: ErrorCode;
  /** The store has said so. Else it was only sent there: the number may turn out to have been applied before. */
  readonly isConfirmed: boolean;
}

/** Numbers of a producer whose events go home to be rejected, whatever they would be worth now; the latest of them. */
export class RememberedRejections {
  readonly #rejections: Map<number, RememberedRejection>;
  /** Of what can never be taken. Apart, so that no number of them drives out those whose fate is unknown. */
  readonly #final = new Map<number, RememberedRejection>();

  /** Those that the store remembers. */
  constructor(codes: ReadonlyMap<number, ErrorCode>) {
    this.#rejections = new Map([...codes].map(([number, code]) => [number, { code, isConfirmed: true }]));
  }

  get(number: number): RememberedRejection | undefined {
    return this.#rejections.get(number) ?? this.#final.get(number);
  }

  /** Before it is sent: where its fate stays unknown, a token that permits the event must not take it elsewhere. */
  attempt(number: number, code: ErrorCode): void {
    this.#rejections.set(number, { code, isConfirmed: false });
    dropOldest(this.#rejections);
  }

  /** The store has said so; counts for numbers that were attempted. */
  confirm(number: number, code: ErrorCode): void {
    if (this.#rejections.has(number)) this.#rejections.set(number, { code, isConfirmed: true });
  }

  /** The store has said so of an event that can never be taken: one that can be is not what the number stands for. */
  conclude(number: number, code: ErrorCode): void {
    if (this.#rejections.has(number)) return;
    this.#final.set(number, { code, isConfirmed: true });
    dropOldest(this.#final);
  }
}

function dropOldest(rejections: Map<number, RememberedRejection>): void {
  if (rejections.size <= MAX_REMEMBERED_REJECTIONS) return;
  for (const oldest of rejections.keys()) {
    rejections.delete(oldest);
    break;
  }
}
