// The choice of the language, and the way for programs.

import { icon, h } from '../dom.js';
import { field } from '../ui/form.js';
import { chooseLanguage, chosenLanguage, LANGUAGES, words } from '../words.js';
import { row, section } from './parts.js';

/** The section of the language. The app loads again in another language. */
export function languageSection() {
  const text = words.account;
  /** @type {Record<string, string>} */
  const names = text.languages;
  const options = LANGUAGES.map((code) => ({ value: code, label: names[code] ?? code }));
  const choice = field({
    name: 'language', label: text.language, type: 'select', hint: text.languageText,
    options: [{ value: '', label: text.languageBrowser }, ...options], value: chosenLanguage() ?? '',
  });
  // Not as soon as the select changes, which it does with each arrow key.
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    chooseLanguage(choice.value || null);
    location.reload();
  };
  return section({ title: text.language }, h('form', { class: 'account-language', onSubmit },
    choice.element, h('button', { class: 'button', type: 'submit', text: text.changeLanguage })));
}

/** The section for people who write programs. */
export function programsSection() {
  const text = words.account;
  const docs = h('a', { class: 'button', href: '/docs', target: '_blank', rel: 'noopener' }, text.docs, icon('external'));
  return section({ title: text.programs }, row({ value: text.programsText, action: docs }));
}
