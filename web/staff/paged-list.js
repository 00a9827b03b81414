// A list that loads its pages as the reader scrolls.

import { api, pathAndQuery } from '../api.js';
import { h, replace } from '../dom.js';
import { failedState, skeleton, endOfList } from '../ui/states.js';
import { words } from '../words.js';

const PAGE_SIZE = '50';
const AHEAD = '600px';

/**
 * Loads the first page at once. `element` holds `table` and, below it, the state of the list.
 *
 * @template Record
 * @param {{
 *   path: string,
 *   query?: { [name: string]: string },
 *   table: HTMLElement,
 *   rows: HTMLElement,
 *   row: (record: Record) => HTMLElement,
 *   empty: () => Node,
 *   counted?: (count: number, complete: boolean) => void,
 *   refused?: (error: any) => Node | null,
 * }} options `table` is hidden if there are no records; `refused` replaces the usual text about a failure.
 * @returns {{ element: HTMLElement, stop: () => void, remove: (row: HTMLElement) => void }}
 */
export function pagedList({ path, query = {}, table, rows, row, empty, counted, refused }) {
  const foot = h('div', { class: 'staff-foot' });
  const element = h('div', { class: 'staff-paged' }, table, foot);
  const abort = new AbortController();
  /** @type {{ path: string, query?: { [name: string]: string } } | null} */
  let next = { path, query: { limit: PAGE_SIZE, ...query } };
  let busy = false;

  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) more();
  }, { rootMargin: AHEAD });

  async function more() {
    if (busy || !next) return;
    busy = true;
    replace(foot, skeleton('row', rows.childElementCount ? 2 : 6));
    try {
      const page = await api.get(next.path, { query: next.query, signal: abort.signal });
      next = page.next ? { path: pathAndQuery(page.next) } : null;
      rows.append(...page.results.map(row));
      settle();
    } catch (error) {
      if (!abort.signal.aborted) fail(error);
    } finally {
      busy = false;
    }
  }

  function settle() {
    const count = rows.childElementCount;
    counted?.(count, !next);
    table.hidden = !count && !next;
    if (next) replace(foot, h('button', { type: 'button', class: 'button', onClick: more }, words.staff.more));
    else replace(foot, count ? endOfList() : empty());
    // An observer reports only changes. After a page that is shorter than the window, the foot is still in sight.
    watcher.unobserve(foot);
    if (next) watcher.observe(foot);
  }

  /** @param {any} error */
  function fail(error) {
    watcher.unobserve(foot);
    replace(foot, refused?.(error) ?? failedState({ error, retry: more }));
  }

  more();
  return {
    element,
    stop() {
      abort.abort();
      watcher.disconnect();
    },
    remove(gone) {
      gone.remove();
      if (!busy) settle();
    },
  };
}
