/** The end of the operations that have the number of the one at `from`. */
export function endOfEvent(numbers: readonly number[], from: number): number {
  let to = from + 1;
  while (to < numbers.length && numbers[to] === numbers[from]) to++;
  return to;
}
