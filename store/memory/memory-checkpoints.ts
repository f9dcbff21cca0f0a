import { assert } from '../../runtime/errors.ts';
import type { Checkpoint } from '../score-store.ts';

/** From where each board of a partition can be replayed: its last checkpoint, else its creation. */
export class MemoryCheckpoints {
  readonly #created = new Map<string, number>();
  readonly #saved = new Map<string, Checkpoint>();

  /** `position` is the partition's before that. */
  created(board: string, position: number): void {
    this.#created.set(board, position);
  }

  removed(board: string): void {
    this.#created.delete(board);
    this.#saved.delete(board);
  }

  creation(board: string): number | undefined {
    return this.#created.get(board);
  }

  save(board: string, checkpoint: Checkpoint): boolean {
    assert(Number.isSafeInteger(checkpoint.position), 'a checkpoint has a position');
    const created = this.#created.get(board);
    if (created === undefined || created > checkpoint.position) return false;
    const previous = this.#saved.get(board);
    if (previous === undefined || previous.position <= checkpoint.position)
      this.#saved.set(board, checkpoint);
    return true;
  }

  advance(board: string, from: number, position: number): void {
    assert(Number.isSafeInteger(position), 'a checkpoint has a position');
    const saved = this.#saved.get(board);
    if (saved?.position === from) this.#saved.set(board, { ...saved, position });
  }

  load(board: string): Checkpoint | undefined {
    const saved = this.#saved.get(board);
    const position = this.#created.get(board);
    return saved ?? (position === undefined ? undefined : { position, texts: [] });
  }
}
