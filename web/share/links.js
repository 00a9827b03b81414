// What a share link may be in an account tier, how one is, and the bodies of the requests that create and change it.

/** @typedef {{ id: string, url: string | null, expires_at: string | null, max_downloads: number | null,
 *   downloads: number, has_password: boolean, created_at: string }} ShareLink */
/** @typedef {{ expiring_links: boolean, max_link_seconds: number | null }} LinkTier */
/** @typedef {number | null} Expiry Seconds from now; null for a link that does not expire. */
/** @typedef {{ expiry: Expiry | undefined, asksPassword: boolean, password: string, limit: string }} LinkForm
 *   What a person entered. An `expiry` of `undefined` leaves the link's own. */

const HOUR = 3600;
const DAY = 24 * HOUR;
const USUAL_EXPIRIES = [HOUR, DAY, 7 * DAY, 30 * DAY];
const DEFAULT_EXPIRY = 7 * DAY;
const MOST_OPENINGS = 4_294_967_295;
const LONGEST_PASSWORD = 128;

/**
 * The expiries that a tier offers, shortest first; the tier's longest one is always among them.
 *
 * @param {LinkTier} tier
 * @returns {Expiry[]}
 */
export function expiryChoices({ max_link_seconds: longest }) {
  if (longest === null) return [...USUAL_EXPIRIES, null];
  return [...USUAL_EXPIRIES.filter((seconds) => seconds < longest), longest];
}

/**
 * Seven days, or the tier's longest expiry if that is less.
 *
 * @param {LinkTier} tier
 * @returns {number}
 */
export function defaultExpiry({ max_link_seconds: longest }) {
  return Math.min(DEFAULT_EXPIRY, longest ?? DEFAULT_EXPIRY);
}

/**
 * Whether a link still opens. The server lists no expired link, so one that was past its expiry when it was loaded
 * shows that the clock of this device is wrong, not that the link has expired.
 *
 * @param {ShareLink} link
 * @param {{ loadedAt: number, now: number }} times In milliseconds.
 * @returns {'works' | 'expired' | 'used_up'}
 */
export function linkState({ expires_at: expires, max_downloads: most, downloads }, { loadedAt, now }) {
  const end = expires === null ? Infinity : Date.parse(expires);
  if (loadedAt < end && end <= now) return 'expired';
  return most !== null && downloads >= most ? 'used_up' : 'works';
}

/**
 * The body of a request that creates a link, or what is wrong with the form.
 *
 * @param {LinkForm} form
 * @returns {{ body: Record<string, unknown> } | { problems: Record<string, string> }}
 */
export function newLink(form) {
  const { limit, problems } = read(form, false);
  if (problems) return { problems };
  /** @type {Record<string, unknown>} */
  const body = {};
  if (form.expiry !== undefined) body.expires_in = form.expiry;
  if (form.asksPassword) body.password = form.password;
  if (limit !== null) body.max_downloads = limit;
  return { body };
}

/**
 * The body of a request that changes a link: only the fields that differ. Or what is wrong with the form.
 *
 * @param {ShareLink} link
 * @param {LinkForm} form
 * @returns {{ body: Record<string, unknown> } | { problems: Record<string, string> }}
 */
export function linkChange(link, form) {
  const { limit, problems } = read(form, link.has_password);
  if (problems) return { problems };
  /** @type {Record<string, unknown>} */
  const body = {};
  if (form.expiry !== undefined) body.expires_in = form.expiry;
  if (form.asksPassword && form.password) body.password = form.password;
  if (!form.asksPassword && link.has_password) body.password = null;
  if (limit !== link.max_downloads) body.max_downloads = limit;
  return { body };
}

/**
 * @param {LinkForm} form
 * @param {boolean} hasPassword Whether an empty field keeps a password that the link has.
 * @returns {{ limit: number | null, problems: Record<string, string> | null }} Each problem is a key of the words.
 */
function read({ asksPassword, password, limit: text }, hasPassword) {
  /** @type {Record<string, string>} */
  const problems = {};
  const written = text.trim();
  const limit = written === '' ? null : Number(written);
  if (limit !== null && (!/^\d+$/.test(written) || limit < 1 || limit > MOST_OPENINGS)) problems.limit = 'limit';
  if (asksPassword) {
    if (password === '' && !hasPassword) problems.password = 'passwordMissing';
    else if (password !== '' && password.trim() === '') problems.password = 'passwordBlank';
    else if ([...password].length > LONGEST_PASSWORD) problems.password = 'passwordLong';
  }
  return { limit, problems: Object.keys(problems).length ? problems : null };
}
