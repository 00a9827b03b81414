// Changes that the reader can undo for a few seconds, because the request that makes them is sent only then.

import { PostponedActions } from './postponed.js';
import { session } from './session.js';
import { shortcut } from './ui/shortcuts.js';
import { toast } from './ui/toast.js';
import { words } from './words.js';

const SECONDS = 5;

const actions = new PostponedActions();

addEventListener('pagehide', () => actions.startAll({ keepalive: true }));
session.beforeSignOut(() => actions.startAll());

/**
 * Shows `text` with a button "Undo", which Ctrl+Z presses too. `run` is called after 5 s, which begin anew when the pointer
 * or the focus leaves the notice, before a sign-out, or when the page goes; `keepalive` then says that its requests must
 * outlive the page. `restore` puts back what the caller has hidden: after "Undo", and if `run` fails.
 *
 * @param {{ text: string, run: (keepalive: boolean) => unknown, restore: () => void }} change
 */
export function undoable({ text, run, restore }) {
  const end = () => {
    removeToast();
    removeKey();
  };
  const action = actions.add((keepalive) => {
    end();
    return run(keepalive);
  }, SECONDS * 1000);
  const undo = () => {
    if (!action.cancel()) return;
    end();
    restore();
  };
  const removeToast = toast(text, { action: { label: words.ui.undo, run: undo }, seconds: SECONDS, onHold: action.hold });
  const removeKey = shortcut('mod+z', words.ui.undo, undo);
  action.settled.catch((error) => {
    restore();
    toast(error.message, { kind: 'danger' });
  });
}
