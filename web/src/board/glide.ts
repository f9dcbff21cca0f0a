import type { AnimationConfig } from 'svelte/animate';
import { expoOut } from 'svelte/easing';

/** A little longer than the time between two updates: the next move takes over from wherever a row is, so that a climb is one motion. */
const GLIDE_MS = 650;

const stillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Moves a row from its old place to its new one. */
export function glide(_row: Element, { from, to }: { from: DOMRect; to: DOMRect }): AnimationConfig {
  const dx = from.left - to.left;
  const dy = from.top - to.top;
  const unseen = isOutside(from) && isOutside(to);
  return {
    duration: unseen || stillness() ? 0 : GLIDE_MS,
    easing: expoOut,
    css: (_t, u) => `transform: translate(${u * dx}px, ${u * dy}px);`,
  };
}

function isOutside({ top, bottom }: DOMRect): boolean {
  return bottom < 0 || top > innerHeight;
}

/** A newcomer appears where it belongs. */
export function appear(): { duration: number; css: (t: number) => string } {
  return { duration: stillness() ? 0 : GLIDE_MS, css: (t) => `opacity: ${t};` };
}
