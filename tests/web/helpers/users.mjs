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

// A signed-in user without an address.
export async function newUser(stack, name) {
  const user = new User(stack, `${name}-${randomUUID().slice(0, 8)}`);
  await user.signUp();
  await user.signIn();
  return user;
}

// A signed-in user with the rights of staff.
export async function staffUser(stack) {
  const staff = await newUser(stack, 'staff');
  await invoke(stack, 'grant-staff', { username: staff.username, staff: true });
  return staff;
}

// A signed-in user of the tier `tier`, which is a tier's id.
export async function userOfTier(stack, name, tier) {
  const [user, staff] = [await newUser(stack, name), await staffUser(stack)];
  await staff.call('PATCH', `/api/users/${user.id}`, { tier });
  return user;
}

// A user of the tier Enterprise, which takes files that are sent in parts.
export async function enterpriseUser(stack, name) {
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

  // The JSON of the response. `body` is sent as JSON, or as a form if it is FormData. Fails if the request fails.
  async call(method, path, body) {
    const isForm = body instanceof FormData;
    const headers = isForm ? {} : { 'content-type': 'application/json' };
    if (this.access) headers.authorization = `Bearer ${this.access}`;
    const answer = await fetch(this.stack.api + path, { method, headers, body: isForm ? body : JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  // Uploads a file to a signed URL and returns the ready file, with its path.
  async upload(filename, contentType, bytes) {
    const file = await this.call('POST', '/api/files', { filename, content_type: contentType, size: bytes.length });
    const { method, url, headers } = file.upload;
    const stored = await fetch(url, { method, headers, body: bytes });
    assert.equal(stored.status, 200, await stored.text());
    const path = `/api/files/${file.id}`;
    return { ...(await this.call('POST', `${path}/complete`, {})), path };
  }

  // Uploads an image with a form and returns it with its path.
  async uploadImage(filename, contentType, bytes) {
    const form = new FormData();
    form.append('image', new Blob([bytes], { type: contentType }), filename);
    const image = await this.call('POST', '/api/images', form);
    return { ...image, path: `/api/images/${image.id}` };
  }

  // A new share link to a file or an image, with its path.
  async share(target, options = {}) {
    const link = await this.call('POST', `${target.path}/links`, options);
    return { ...link, path: `${target.path}/links/${link.id}` };
  }

  // How often `link` was opened.
  async openings(link) {
    return (await this.call('GET', link.path)).downloads;
  }
}

export async function invoke(stack, fn, event) {
  const answer = await fetch(`${stack.api}/_local/invoke/${fn}`, { method: 'POST', body: JSON.stringify(event) });
  assert.ok(answer.ok && !answer.headers.has('x-amz-function-error'), await answer.text());
}
