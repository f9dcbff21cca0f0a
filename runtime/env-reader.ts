import { StartError } from './errors.ts';

/** Reads settings from an environment; a bad one is a `StartError` of one line that names it. An empty value counts as absent. */
export class EnvReader {
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  text(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** With the spaces around it, which belong to it; nothing but spaces counts as absent. */
  secret(name: string): string | undefined {
    return this.text(name) === undefined ? undefined : this.#env[name];
  }

  integer(name: string, fallback: number, { min, max }: { min: number; max: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new StartError(`${name}=${text}: must be a whole number from ${min} to ${max}`);
    }
    return value;
  }

  /** A part of a whole. */
  share(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!(value >= 0 && value <= 1)) throw new StartError(`${name}=${text}: must be a number from 0 to 1`);
    return value;
  }

  /** A text of a certain form. */
  formed(name: string, fallback: string, isGood: (text: string) => boolean, what: string): string {
    const text = this.text(name) ?? fallback;
    if (!isGood(text)) throw new StartError(`${name}=${text}: must be ${what}`);
    return text;
  }

  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new StartError(`${name}=${text}: must be one of ${choices.join(', ')}`);
    return found;
  }

  /** Separated by commas; each must pass `isGood`, or be `what`. */
  list(name: string, isGood: (part: string) => boolean = () => true, what = ''): readonly string[] {
    const parts = this.#parts(name);
    const bad = parts.find((part) => !isGood(part));
    if (bad !== undefined) throw new StartError(`${name}=${bad}: must be ${what}`);
    return parts;
  }

  #parts(name: string): readonly string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** URLs separated by commas, of one of the given protocols (such as `redis:`). The value is not printed: it may hold a password. */
  urls(name: string, protocols: readonly string[]): readonly string[] {
    return this.#parts(name).map((url) => checkedUrl(name, url, protocols));
  }

  /** One such URL, commas and all. */
  url(name: string, protocols: readonly string[]): string | undefined {
    const url = this.text(name);
    return url === undefined ? undefined : checkedUrl(name, url, protocols);
  }

  flag(name: string): boolean {
    return this.choice(name, '0', ['0', '1', 'false', 'true']) !== '0' && this.text(name) !== 'false';
  }
}

function checkedUrl(name: string, url: string, protocols: readonly string[]): string {
  if (URL.canParse(url) && protocols.includes(new URL(url).protocol)) return url;
  throw new StartError(
    `${name}: must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );
}
