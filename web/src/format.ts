/** Numbers and times as the reader's language writes them. `locale` undefined: the browser's own. */

const MINUS = '−';
const MAX_FRACTION_DIGITS = 6;

/** Making one costs more than using it a hundred times, and a board uses it a hundred times per update. */
const numberFormats = new Map<string | undefined, Intl.NumberFormat>();

export function formatNumber(value: number, locale?: string): string {
  let format = numberFormats.get(locale);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: MAX_FRACTION_DIGITS });
    numberFormats.set(locale, format);
  }
  return format.format(value).replace('-', MINUS);
}

/** With its sign, such as `+25`. */
export function formatDelta(delta: number, locale?: string): string {
  return `${delta > 0 ? '+' : MINUS}${formatNumber(Math.abs(delta), locale)}`;
}

export function formatTime(time: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
    time,
  );
}

/** The smallest part of the field, in percent, that holds this rank: `1` for the best of a hundred. Below one percent with a decimal. */
export function topPercent(rank: number, total: number): number {
  const percent = (100 * rank) / Math.max(total, rank, 1);
  return percent < 1 ? Math.ceil(percent * 10) / 10 : Math.ceil(percent);
}
