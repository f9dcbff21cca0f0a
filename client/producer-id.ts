const RANDOM_BYTES = 16;

/** 32 characters of 0-9 a-f: nobody else has the same. Also where the page was not loaded over TLS, unlike `randomUUID`. */
export function createProducerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
