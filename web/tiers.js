import { api } from './api.js';
import { session } from './session.js';

/** @type {Promise<any[]> | null} */
let known = null;

/**
 * The account tiers of the deployment, read once.
 * @returns {Promise<any[]>}
 */
export function tiers() {
  known ??= api.get('/api/account-tiers').catch((error) => {
    known = null;
    throw error;
  });
  return known;
}

/** Makes the next `tiers()` read them again. */
export function forgetTiers() {
  known = null;
}

/**
 * The tier of the signed-in user, or null.
 * @returns {Promise<any | null>}
 */
export async function myTier() {
  const name = session.user.value?.tier;
  return (await tiers()).find((tier) => tier.name === name || tier.id === name) ?? null;
}
