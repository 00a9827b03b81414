// The requests for the share links of one file or picture.

import { api, newKey, path } from '../api.js';

/** @typedef {import('./links.js').ShareLink} ShareLink */

/** The share links of one file or picture. */
export class Links {
  #path;
  /** @type {{ body: string, key: string } | null} */
  #unanswered = null;

  /**
   * @param {'file' | 'image'} kind
   * @param {string} id
   */
  constructor(kind, id) {
    this.#path = path`/api/${kind}s/${id}/links`;
  }

  /**
   * All links, newest first.
   *
   * @param {AbortSignal} [signal]
   * @returns {Promise<ShareLink[]>}
   */
  async list(signal) {
    /** @type {ShareLink[]} */
    const links = [];
    for await (const page of api.pages(this.#path, { limit: 100 }, { signal })) links.push(...page.results);
    return links;
  }

  /**
   * Creates a link. If the connection broke before the response arrived, the next call with the same options returns
   * the link that the first call created, if it did.
   *
   * @param {Record<string, unknown>} options
   * @returns {Promise<ShareLink & { url: string }>}
   */
  async create(options) {
    const body = JSON.stringify(options);
    if (this.#unanswered?.body !== body) this.#unanswered = { body, key: newKey() };
    try {
      const link = await api.post(this.#path, options, { idempotencyKey: this.#unanswered.key });
      this.#unanswered = null;
      return link;
    } catch (error) {
      const { status } = /** @type {import('../api.js').ApiError} */ (error);
      if (status >= 400 && status < 500) this.#unanswered = null;
      throw error;
    }
  }

  /**
   * @param {string} id
   * @param {Record<string, unknown>} changes
   * @returns {Promise<ShareLink>}
   */
  change(id, changes) {
    return api.patch(this.#path + path`/${id}`, changes);
  }

  /**
   * Ends a link. A link that is already gone is no error.
   *
   * @param {string} id
   */
  async revoke(id) {
    try {
      await api.delete(this.#path + path`/${id}`);
    } catch (error) {
      if (/** @type {import('../api.js').ApiError} */ (error).status !== 404) throw error;
    }
  }
}
