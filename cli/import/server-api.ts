/** The interface of a server as a command uses it. */
export interface ServerApi {
  /** Rejects only where no answer came. */
  call(method: string, path: string, body?: unknown): Promise<ApiReply>;
}

export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

export function connectApi(url: string, token: string): ServerApi {
  return {
    call: async (method, path, body) => {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json().catch(() => undefined) };
    },
  };
}

/** A refusal in words. */
export function refusalOf({ status, body }: ApiReply): string {
  const { code = status, detail = 'no reason is given' } = (body ?? {}) as {
    code?: string;
    detail?: string;
  };
  return `refused (${code}): ${detail}`;
}

/** The library says "fetch failed" and keeps the reason to itself. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  // Where every address of a host was tried, the message of the whole is empty.
  const { message = '' } = cause;
  return `${error.message}: ${message === '' && 'code' in cause ? String(cause.code) : message}`;
}
