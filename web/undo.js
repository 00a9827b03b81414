// Changes that the reader can undo for a few seconds, because the request that makes them is sent only then.

import { PostponedActions } from './postponed.js';
import { toast } from './ui/toast.js';
import { words } from './words.js';

const SECONDS = 5;

const actions = new PostponedActions();

addEventListener('pagehide', () => actions.startAll({ keepalive: true }));

/**
 * Shows `text` with a button "Undo". `run` is called after 5 s, or when the page goes; `keepalive` then says that its
 * requests must outlive the page. `restore` puts back what the caller has hidden: after "Undo", and if `run` fails.
 *
 * @param {{ text: string, run: (keepalive: boolean) => unknown, restore: () => void }} change
 */
export function undoable({ text, run, restore }) {
  const action = actions.add(run, SECONDS * 1000);
  const undo = () => {
    if (action.cancel()) restore();
  };
  toast(text, { action: { label: words.ui.undo, run: undo }, seconds: SECONDS });
  action.settled.catch((error) => {
    restore();
    toast(error.message);
  });
}

/** Makes all changes that could still be undone now, as before a sign-out, which takes away the right to make them. */
export function settleUndoable() {
  actions.startAll();
}
