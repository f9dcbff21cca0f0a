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

  /** Those that the store remembers. */
  constructor(codes: ReadonlyMap<number, ErrorCode>) {
    this.#rejections = new Map([...codes].map(([number, code]) => [number, { code, isConfirmed: true }]));
  }

  get(number: number): RememberedRejection | undefined {
    return this.#rejections.get(number);
  }

  /** Before it is sent: where its fate stays unknown, a token that permits the event must not take it elsewhere. */
  attempt(number: number, code: ErrorCode): void {
    this.#rejections.set(number, { code, isConfirmed: false });
    if (this.#rejections.size <= MAX_REMEMBERED_REJECTIONS) return;
    for (const oldest of this.#rejections.keys()) {
      this.#rejections.delete(oldest);
      break;
    }
  }

  /** The store has said so; counts for numbers that were attempted. */
  confirm(number: number, code: ErrorCode): void {
    if (this.#rejections.has(number)) this.#rejections.set(number, { code, isConfirmed: true });
  }
}
