// Sign-in that renews itself, uploads of any size, and lists of any length. Runs in Node and in browsers.

import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './satchel-api.js';

export type Satchel = Client<paths>;
export type File = components['schemas']['File'];

// A client without an account.
export const visitor = (api: string): Satchel => createClient<paths>({ baseUrl: api });

// A client that is signed in. When the access token has expired, it refreshes the tokens and repeats the request.
export async function signIn(api: string, username: string, password: string): Promise<Satchel> {
  const { POST } = visitor(api);
  let tokens = ok(await POST('/api/token', { body: { username, password } }));
  const authorised = (request: Request) => {
    request.headers.set('Authorization', `Bearer ${tokens.access}`);
    return fetch(request);
  };
  const refreshing = async (request: Request) => {
    const repeat = request.clone();
    const response = await authorised(request);
    if (response.status !== 401) return response;
    tokens = ok(await POST('/api/token/refresh', { body: { refresh: tokens.refresh } }));
    return authorised(repeat);
  };
  return createClient<paths>({ baseUrl: api, fetch: refreshing });
}

// The data of a successful response.
export function ok<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`);
  return data as T;
}

// Uploads `content` and returns the file. `progress` receives how many bytes have been sent.
export async function upload(
  satchel: Satchel, filename: string, content: Blob, progress: (sent: number) => void,
): Promise<File> {
  const announcement = { filename, content_type: content.type || 'application/octet-stream', size: content.size };
  const { id, upload } = ok(await satchel.POST('/api/files', { body: announcement }));
  const params = { path: { id } };
  const parts = [];
  if (upload && 'part_size' in upload) {
    for (let number = 1; number <= upload.part_count; number++) {
      const signed = ok(await satchel.POST('/api/files/{id}/parts', { params, body: { numbers: [number] } }));
      const end = Math.min(number * upload.part_size, content.size);
      const etag = await put(signed.parts[0]!.url, content.slice((number - 1) * upload.part_size, end));
      parts.push({ number, etag });
      progress(end);
    }
  } else if (upload) {
    await put(upload.url, content, upload.headers);
    progress(content.size);
  }
  const file = ok(await satchel.POST('/api/files/{id}/complete', { params, body: parts.length ? { parts } : {} }));
  if (file.status !== 'ready') throw new Error(`${filename} is ${file.status}: ${file.reason}`);
  return file;
}

// Sends bytes to a signed URL and returns their ETag.
async function put(url: string, body: Blob, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { method: 'PUT', headers, body });
  if (!response.ok) throw new Error(`PUT: ${response.status} ${await response.text()}`);
  return response.headers.get('ETag') ?? '';
}

// All files of the account, newest first, one page after the other.
export async function* files(satchel: Satchel, limit = 100): AsyncGenerator<File> {
  let cursor: string | undefined;
  do {
    const page = ok(await satchel.GET('/api/files', { params: { query: { limit, cursor } } }));
    yield* page.results;
    cursor = page.next ? new URL(page.next).searchParams.get('cursor') ?? undefined : undefined;
  } while (cursor);
}
