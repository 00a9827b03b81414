// A session of the Satchel deployment at `api`. It refreshes its tokens when the access token has expired.

export class Session {
  #api;
  #tokens = {};

  constructor(api) {
    this.#api = api;
  }

  async signIn(username, password) {
    this.#tokens = await this.call('POST', '/api/token', { username, password });
  }

  // The JSON of a successful response. Fails with the body of any other.
  async call(method, path, body) {
    let response = await this.#send(method, path, body);
    if (response.status === 401 && this.#tokens.refresh) {
      const { refresh } = this.#tokens;
      this.#tokens = {};
      this.#tokens = await this.call('POST', '/api/token/refresh', { refresh });
      response = await this.#send(method, path, body);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text && JSON.parse(text);
  }

  #send(method, path, body) {
    const headers = { 'Content-Type': 'application/json' };
    if (this.#tokens.access) headers.Authorization = `Bearer ${this.#tokens.access}`;
    return fetch(this.#api + path, { method, headers, body: JSON.stringify(body) });
  }
}
