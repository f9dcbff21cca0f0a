import type { ErrorCode } from '../../protocol/codes.ts';
import { MAX_REMEMBERED_REJECTIONS } from '../../store/score-store.ts';

/** Numbers of a producer whose rejection stands, whatever their events would be worth now; the latest of them. */
export class RememberedRejections {
  readonly #codes: Map<number, ErrorCode>;

  constructor(codes: ReadonlyMap<number, ErrorCode>) {
    this.#codes = new Map(codes);
  }

  get(number: number): ErrorCode | undefined {
    return this.#codes.get(number);
  }

  add(number: number, code: ErrorCode): void {
    this.#codes.set(number, code);
    if (this.#codes.size <= MAX_REMEMBERED_REJECTIONS) return;
    for (const oldest of this.#codes.keys()) {
      this.#codes.delete(oldest);
      break;
    }
  }
}
