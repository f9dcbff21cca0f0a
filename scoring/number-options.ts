import type { HandlerOptions } from '../protocol/products.ts';

/** Options that are all numbers. What is absent or no number is as in `defaults`, so that reading never fails. */
export function readNumbers<Name extends string>(
  options: HandlerOptions,
  defaults: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const numbers: Record<Name, number> = { ...defaults };
  for (const name in defaults) {
    const value = Object.hasOwn(options, name) ? options[name] : undefined;
    if (isNumber(value)) numbers[name] = value;
  }
  return numbers;
}

/** Says in one line what is wrong with options that are all numbers, if anything. */
export function explainNumbers(options: HandlerOptions, names: readonly string[]): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    if (!names.includes(name)) {
      return `there is no option ${JSON.stringify(name)}, the options are: ${names.join(', ')}`;
    }
    if (!isNumber(value)) return `${name} must be a finite number`;
  }
  return undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
