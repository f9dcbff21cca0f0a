import { packCounts, packTexts } from './packing.ts';

/**
 * Texts that belong to something, such as members to boards. Each has a place in its group, from 1 in the order of first occurrence, and a
 * slot: they are counted from 1, group after group, which is known when all are there (see lua/include-groups.lua).
 */
export class Groups {
  readonly #groups = new Map<string, Map<string, number>>();
  readonly #slotsBefore = new Map<string, number>();

  get size(): number {
    return this.#groups.size;
  }

  placeOf(group: string, text: string): number {
    let texts = this.#groups.get(group);
    if (texts === undefined) {
      texts = new Map();
      this.#groups.set(group, texts);
    }
    return placeOf(texts, text);
  }

  /** Of the groups, with their numbers of texts. */
  counts(): readonly (readonly [id: string, texts: number])[] {
    return Array.from(this.#groups, ([id, texts]) => [id, texts.size] as const);
  }

  textsOf(group: string): readonly string[] {
    return [...(this.#groups.get(group)?.keys() ?? [])];
  }

  /** After this, slots can be asked for. */
  pack(): readonly [groups: Buffer, texts: Buffer] {
    const texts: string[] = [];
    for (const [group, ofGroup] of this.#groups) {
      this.#slotsBefore.set(group, texts.length);
      for (const text of ofGroup.keys()) texts.push(text);
    }
    return [packCounts(this.counts()), packTexts(texts)];
  }

  slotOf(group: string, place: number): number {
    return (this.#slotsBefore.get(group) ?? 0) + place;
  }
}

/** From 1, in the order of first occurrence. */
export function placeOf(texts: Map<string, number>, text: string): number {
  let place = texts.get(text);
  if (place === undefined) {
    place = texts.size + 1;
    texts.set(text, place);
  }
  return place;
}
