export type FetchPage = (url: string, init: { headers: Record<string, string> }) => Promise<Response>;

/** What a path serves; `undefined` where the server does not tell, such as without a token, or cannot be reached. */
export async function fetchJson<T>(
  fetchPage: FetchPage,
  path: string,
  token: string | undefined,
): Promise<T | undefined> {
  try {
    const response = await fetchPage(path, {
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
