// Signs up, uploads the given files, lists and shares them, and signs out.
// Usage: node build/first-steps.js http://127.0.0.1:3000 photo.jpg film.mp4

import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { files, ok, signIn, upload, visitor } from './satchel.js';

const [api = '', ...names] = process.argv.slice(2);
const username = `hedy-${Date.now()}`;
const account = { username, email: `${username}@example.com`, password: 'correct horse battery' };

ok(await visitor(api).POST('/api/users', { body: account }));
// The owner of the address opens the link in the mail and presses the button. The button sends this POST.
await fetch(await verificationLink(account.email), { method: 'POST' });

const satchel = await signIn(api, account.username, account.password);
const contents = new Map<string, Blob>();
for (const name of names) {
  const content = await openAsBlob(name);
  const progress = (sent: number) => console.log(`${name}: ${Math.floor((100 * sent) / content.size)} %`);
  const { id } = await upload(satchel, basename(name), content, progress);
  contents.set(id, content);
}

for await (const { id, filename } of files(satchel, 1)) {
  const body = { expires_in: 3600 };
  const link = ok(await satchel.POST('/api/files/{id}/links', { params: { path: { id } }, body }));
  // Everyone who has the URL of the link gets the file, without an account.
  const received = await fetch(link.url);
  assert.ok((await bytes(received)).equals(await bytes(contents.get(id)!)));
  contents.delete(id);
  console.log(`${filename}: ${link.url}`);
}
assert.equal(contents.size, 0);

ok(await satchel.POST('/api/user/logout'));
await assert.rejects(async () => ok(await satchel.GET('/api/users/me')), /401/);

async function bytes(body: Blob | Response): Promise<Buffer> {
  return Buffer.from(await body.arrayBuffer());
}

// The local stack shows the mails that it would have sent.
async function verificationLink(address: string): Promise<string> {
  for (;;) {
    const mails = await (await fetch(`${api}/_local/mail?to=${address}`)).text();
    const link = /http[^\\"\s<]*\/verify-email\/[\w-]+/.exec(mails);
    if (link) return link[0];
    await pause(100);
  }
}
