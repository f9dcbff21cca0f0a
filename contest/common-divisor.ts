/** Of whole numbers up to 2^53, signs aside. With 0 it is the other number. */
export function greatestCommonDivisor(one: number, other: number): number {
  let [a, b] = [Math.abs(one), Math.abs(other)];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
