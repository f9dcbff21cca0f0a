export type FetchPage = (url: string, init: { headers: Record<string, string> }) => Promise<Response>;

/** What a path serves; `undefined` where the server does not tell, such as without a token, or cannot be reached. */
export async function fetchJson<T>(
  fetchPage: FetchPage,
  path: string,
  token: string | undefined,
): Promise<T | undefined> {
  return (await askJson<T>(fetchPage, path, token)).value;
}

/** The same with the status of the answer, 0 where there is none. */
export async function askJson<T>(
  fetchPage: FetchPage,
  path: string,
  token: string | undefined,
): Promise<{ readonly status: number; readonly value?: T }> {
  try {
    const response = await fetchPage(path, {
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const { status, ok } = response;
    return ok ? { status, value: (await response.json()) as T } : { status };
  } catch {
    return { status: 0 };
  }
}
