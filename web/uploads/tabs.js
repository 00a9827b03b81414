// Which tabs of this browser are open. Each holds a lock for as long as it lives; a crash releases it.

const PREFIX = 'satchel.uploads.';

/** Names this tab. A reload makes another. */
export const thisTab = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

void navigator.locks?.request(PREFIX + thisTab, () => new Promise(() => {}));

/** The tabs that are open. */
export async function liveTabs() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = held.map(({ name }) => name ?? '').filter((name) => name.startsWith(PREFIX));
  return new Set(names.map((name) => name.slice(PREFIX.length)));
}
