/**
 * Points and bonuses have at most three decimals, so they are whole thousandths, and a product of both is a whole number of millionths.
 * Whole numbers add up exactly in a double up to 2^53, in any order: that is why scores of teams cannot drift.
 */

const THOUSANDTHS = 1000;
const MILLIONTHS = 1_000_000;

/** Millionths that a score may come to. One more is not told apart from its neighbour any more. */
export const MAX_MILLIONTHS = Number.MAX_SAFE_INTEGER;
/** Thousandths of points of one player: with a bonus of 1 they are the greatest score. */
export const MAX_POINTS = Math.floor(MAX_MILLIONTHS / THOUSANDTHS);
/** Thousandths of a bonus. */
export const MIN_BONUS = 1;
export const MAX_BONUS = 1000 * THOUSANDTHS;

export const POINTS_FORM = `a number of at most three decimals between -${fromThousandths(MAX_POINTS)} and ${fromThousandths(MAX_POINTS)}`;
export const BONUS_FORM = `a number of at most three decimals from ${fromThousandths(MIN_BONUS)} to ${fromThousandths(MAX_BONUS)}`;

/** Thousandths of points, or nothing where they are not of that form. */
export function readPoints(value: number): number | undefined {
  const thousandths = toThousandths(value);
  return thousandths !== undefined && Math.abs(thousandths) <= MAX_POINTS ? thousandths : undefined;
}

/** Thousandths of a bonus, or nothing where it is not of that form. */
export function readBonus(value: number): number | undefined {
  const thousandths = toThousandths(value);
  return thousandths !== undefined && thousandths >= MIN_BONUS && thousandths <= MAX_BONUS
    ? thousandths
    : undefined;
}

/** The double next to that decimal number, which is the one that its digits are read as. */
export function fromThousandths(thousandths: number): number {
  return thousandths / THOUSANDTHS;
}

/** The double next to that decimal number. Distinct amounts have distinct doubles up to 2^33; beyond, neighbours may look the same. */
export function fromMillionths(millionths: number): number {
  return millionths / MILLIONTHS;
}

/**
 * The whole thousandths that a double stands for: the digits of a JSON number are read as the double next to them, so a number has
 * at most three decimals exactly when it is the double next to some whole thousandths.
 */
function toThousandths(value: number): number | undefined {
  const thousandths = Math.round(value * THOUSANDTHS);
  if (!Number.isSafeInteger(thousandths) || thousandths / THOUSANDTHS !== value) return undefined;
  // -0 is 0.
  return thousandths + 0;
}
