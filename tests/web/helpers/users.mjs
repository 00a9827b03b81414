// Accounts, and what their owners do through the API.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { mailedLink } from './mail.mjs';

export const PASSWORD = 'correct horse battery';

// A signed-in user with a verified address.
export async function verifiedUser(stack, name) {
  const username = `${name}-${randomUUID().slice(0, 8)}`;
  const user = new User(stack, username, `${username}@example.com`);
  await user.signUp();
  const link = await mailedLink(stack, user.email, '/api/verify-email/');
  assert.equal((await fetch(link, { method: 'POST' })).status, 200);
  await user.signIn();
  return user;
}

// A user of a tier that allows share links without a password and without an expiry.
export async function sharer(stack, name) {
  const [user, staff] = [await verifiedUser(stack, name), await verifiedUser(stack, 'staff')];
  await invoke(stack, 'grant-staff', { username: staff.username, staff: true });
  await staff.call('PATCH', `/api/users/${user.id}`, { tier: 'enterprise' });
  return user;
}

export class User {
  constructor(stack, username, email) {
    Object.assign(this, { stack, username, email, password: PASSWORD });
  }

  async signUp() {
    const { username, email, password } = this;
    const made = await this.call('POST', '/api/users', { username, email, password });
    this.id = made.id;
  }

  async signIn(password = this.password) {
    this.password = password;
    this.access = (await this.call('POST', '/api/token', { username: this.username, password })).access;
  }

  // The JSON of the response. Fails if the request fails.
  async call(method, path, body) {
    const headers = { 'content-type': 'application/json' };
    if (this.access) headers.authorization = `Bearer ${this.access}`;
    const answer = await fetch(this.stack.api + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  // Uploads a file to a signed URL and returns the ready file.
  async upload(filename, contentType, bytes) {
    const file = await this.call('POST', '/api/files', { filename, content_type: contentType, size: bytes.length });
    const { method, url, headers } = file.upload;
    const stored = await fetch(url, { method, headers, body: bytes });
    assert.equal(stored.status, 200, await stored.text());
    return this.call('POST', `/api/files/${file.id}/complete`, {});
  }

  // The URL of a new share link to `file`.
  async share(file, options) {
    return (await this.call('POST', `/api/files/${file.id}/links`, { expires_in: 3600, ...options })).url;
  }
}

// Invokes a function that has no route, as its operator does.
async function invoke(stack, fn, event) {
  const answer = await fetch(`${stack.api}/_local/invoke/${fn}`, { method: 'POST', body: JSON.stringify(event) });
  assert.ok(answer.ok && !answer.headers.has('x-amz-function-error'), await answer.text());
}
