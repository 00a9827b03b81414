// The list of files: finding, reading, changing and deleting them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS } from '../helpers/browser.mjs';
import { pdf } from '../helpers/pictures.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { newUser } from '../helpers/users.mjs';

const { files } = words;
const NAMES = [
  '🎒 “quotes” & \'apostrophes\' & "double".txt',
  '<img src=x onerror=alert(1)>.txt',
  `${'ü'.repeat(125)}.txt0`,
  'شهادة.txt',
];

const { stack, browser } = await stackAndBrowser();

const text = (content) => Buffer.from(content);

// A user with the files `names`, of which the last one is the newest.
async function userWith(...names) {
  const user = await newUser(stack, 'ada');
  const made = [];
  for (const name of names) {
    const isPdf = name.endsWith('.pdf');
    made.push(await user.upload(name, isPdf ? 'application/pdf' : 'text/plain', isPdf ? pdf(name) : text(`This is ${name}.`)));
  }
  return { user, files: made };
}

async function opened(user, options, place = files.title) {
  const who = await signedIn(browser, stack, user, options);
  await who.goTo(place);
  return who;
}

const link = (who, name) => who.page.getByRole('link', { name, exact: true });
const titles = (who) => who.page.locator('.file-row-title').evaluateAll((links) => links.map((link) => link.getAttribute('aria-label') ?? link.textContent));

async function openMenu(who, name) {
  await who.button(files.actions(name)).click();
}

for (const width of WIDTHS) {
  test(`by keyboard, a person opens files, steps through them and returns, at ${width} px`, async () => {
    const { user } = await userWith('first.txt', 'second.pdf', 'third.txt');
    const ada = await opened(user, { width });
    await link(ada, 'third.txt').waitFor();
    assert.deepEqual(await titles(ada), ['third.txt', 'second.pdf', 'first.txt']);
    await ada.press('ArrowDown', 'Enter');
    const dialog = ada.page.getByRole('dialog');
    await dialog.getByText('This is third.txt.').waitFor();
    await ada.press('ArrowRight');
    await dialog.locator('iframe').waitFor();
    await ada.press('ArrowRight');
    await dialog.getByText('This is first.txt.').waitFor();
    await ada.assertFits();
    await ada.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(new URL(ada.page.url()).hash, '#/files');
    await ada.leave();
  });

  test(`a file is renamed, shown to all members and deleted, at ${width} px`, async () => {
    const { user, files: [file] } = await userWith('plan.txt');
    const ada = await opened(user, { width });
    await openMenu(ada, 'plan.txt');
    await ada.choose(files.rename);
    await ada.field(files.filename).fill('  ');
    await ada.button(files.save).click();
    await ada.dialog(files.rename).getByText(files.nameProblems.blank).first().waitFor();
    const name = `plan at ${width} px.txt`;
    await ada.field(files.filename).fill(name);
    await ada.button(files.save).dblclick();
    await link(ada, name).waitFor();
    assert.equal((await user.call('GET', file.path)).filename, name);
    assert.equal(ada.requests(file.path, 'PATCH').length, 1);

    await openMenu(ada, name);
    await ada.choose(files.visibility);
    await ada.page.getByRole('radio', { name: files.members }).check();
    await ada.button(files.save).click();
    await ada.toast(files.madeMembers(1)).waitFor();
    const bob = await opened(await newUser(stack, 'bob'), { width }, files.everyone);
    await link(bob, name).click();
    await bob.page.getByRole('dialog').getByText('This is plan.txt.').waitFor();
    await bob.assertFits();
    await bob.leave();

    await openMenu(ada, name);
    await ada.choose(files.delete);
    await link(ada, name).waitFor({ state: 'detached' });
    await ada.button(words.ui.undo).click();
    await link(ada, name).waitFor();
    assert.equal(ada.requests(file.path, 'DELETE').length, 0);
    await openMenu(ada, name);
    await ada.choose(files.delete);
    await ada.toast(files.deleted(1, name)).waitFor();
    // The request outlives the page.
    await ada.page.goto('about:blank');
    await eventually(async () => (await user.call('GET', '/api/files')).results.length, 0);
    await ada.leave();
  });

  test(`names with any characters and of any length stay text, at ${width} px`, async () => {
    const { user } = await userWith(...NAMES);
    const ada = await opened(user, { width });
    for (const name of NAMES) {
      await link(ada, name).click();
      const dialog = ada.page.getByRole('dialog');
      await dialog.getByText(`This is ${name}.`).waitFor();
      await ada.assertFits();
      await ada.page.goBack();
      await dialog.waitFor({ state: 'detached' });
      await openMenu(ada, name);
      await ada.choose(files.rename);
      assert.equal(await ada.field(files.filename).inputValue(), name);
      await ada.assertFits();
      await ada.press('Escape');
    }
    assert.equal(await ada.page.locator('img[src="x"]').count(), 0);
    await ada.assertFits();
    await ada.leave();
  });
}

test('a deletion is sent after five seconds', async () => {
  const { user, files: [file] } = await userWith('old.txt');
  const ada = await opened(user);
  await link(ada, 'old.txt').waitFor();
  await ada.page.clock.install();
  await openMenu(ada, 'old.txt');
  await ada.choose(files.delete);
  await ada.toast(files.deleted(1, 'old.txt')).waitFor();
  await ada.page.clock.runFor(6000);
  await eventually(async () => ada.requests(file.path, 'DELETE').length, 1);
  await ada.text(files.empty).waitFor();
  await ada.leave();
});

test('a deletion that fails brings the file back and says why', async () => {
  const { user, files: [file] } = await userWith('old.txt');
  const ada = await opened(user);
  await ada.page.route(`**${file.path}`, (route) =>
    (route.request().method() === 'DELETE' ? route.fulfill({ status: 500, json: { detail: 'Internal server error.', request_id: 'r1' } }) : route.fallback()));
  await link(ada, 'old.txt').waitFor();
  await ada.page.clock.install();
  await openMenu(ada, 'old.txt');
  await ada.choose(files.delete);
  await link(ada, 'old.txt').waitFor({ state: 'detached' });
  await ada.page.clock.runFor(6000);
  await link(ada, 'old.txt').waitFor();
  await ada.toast(/not deleted/).waitFor();
  await ada.leave([/500/]);
});

test('by keyboard, a person selects files and deletes them together', async () => {
  const { user } = await userWith('one.txt', 'two.txt', 'three.txt');
  const ada = await opened(user);
  await link(ada, 'three.txt').waitFor();
  await ada.press('ArrowDown', ' ', 'Shift+ArrowDown');
  await ada.text(files.selected(2)).waitFor();
  await ada.press('Delete');
  await ada.toast(files.deleted(2, 'three.txt')).waitFor();
  assert.deepEqual(await titles(ada), ['one.txt']);
  await ada.button(words.ui.undo).click();
  await eventually(() => titles(ada), ['three.txt', 'two.txt', 'one.txt']);
  await ada.leave();
});

test('a download has the name of the file', async () => {
  const { user } = await userWith('Übersicht 🎉.txt');
  const ada = await opened(user);
  const download = ada.page.waitForEvent('download');
  await openMenu(ada, 'Übersicht 🎉.txt');
  await ada.choose(files.download);
  assert.equal((await download).suggestedFilename(), 'Übersicht 🎉.txt');
  await ada.leave();
});

test('the content of a file is replaced, and its name stays', async () => {
  const { user, files: [file] } = await userWith('notes.txt');
  const ada = await opened(user);
  await openMenu(ada, 'notes.txt');
  await ada.choose(files.replace);
  await ada.field(files.newContent).setInputFiles({ name: 'other.txt', mimeType: 'text/plain', buffer: text('New content') });
  await ada.button(files.replaceAction).dblclick();
  await ada.toast(files.replaced('notes.txt')).waitFor();
  const replaced = await user.call('GET', file.path);
  assert.deepEqual([replaced.filename, replaced.size], ['notes.txt', 11]);
  assert.equal(ada.requests(file.path, 'PUT').length, 1);
  await ada.leave();
});

test('the list shows files of one type or state only', async () => {
  const { user } = await userWith('a.txt', 'b.pdf');
  await user.call('POST', '/api/files', { filename: 'c.txt', content_type: 'text/plain', size: 1 });
  const ada = await opened(user);
  await link(ada, 'c.txt').waitFor();
  await ada.page.getByLabel(files.type, { exact: true }).selectOption('application/pdf');
  await eventually(() => titles(ada), ['b.pdf']);
  await ada.page.reload();
  await eventually(() => titles(ada), ['b.pdf']);
  await ada.page.getByLabel(files.state, { exact: true }).selectOption('pending');
  await ada.text(files.emptyFiltered).waitFor();
  await ada.button(files.showAll).click();
  await eventually(() => titles(ada), ['c.txt', 'b.pdf', 'a.txt']);
  await ada.page.getByLabel(files.state, { exact: true }).selectOption('pending');
  await eventually(() => titles(ada), ['c.txt']);
  await ada.leave();
});

test('a long list loads on while the person scrolls, and says where it ends', async () => {
  const user = await newUser(stack, 'ada');
  const announce = (number) => user.call('POST', '/api/files', { filename: `${number}.txt`, content_type: 'text/plain', size: 1 });
  for (let batch = 0; batch < 12; batch += 1) await Promise.all(Array.from({ length: 10 }, (_, at) => announce(batch * 10 + at)));
  const ada = await opened(user);
  await eventually(async () => {
    await ada.page.mouse.move(600, 500);
    await ada.page.mouse.wheel(0, 4000);
    return ada.text(words.ui.endOfList).isVisible();
  }, true);
  await ada.leave();
});

test('a list that does not load says so and tries again', async () => {
  const { user } = await userWith('a.txt');
  const ada = await signedIn(browser, stack, user);
  await ada.page.route('**/api/files?**', (route) => route.fulfill({ status: 500, json: { detail: 'Internal server error.', request_id: 'r1' } }));
  await ada.goTo(files.title);
  await ada.text(files.failed).waitFor();
  await ada.page.unrouteAll();
  await ada.button(words.ui.retry).click();
  await link(ada, 'a.txt').waitFor();
  await ada.leave([/500/]);
});

test('the back button closes a preview, the menu of which still works', async () => {
  const { user } = await userWith('a.txt');
  const ada = await opened(user);
  await link(ada, 'a.txt').click();
  const dialog = ada.page.getByRole('dialog');
  await dialog.getByText('This is a.txt.').waitFor();
  await ada.button(files.more).click();
  await ada.choose(files.rename);
  await ada.dialog(files.rename).waitFor();
  await ada.page.goBack();
  await ada.dialog(files.rename).waitFor({ state: 'detached' });
  await dialog.getByText('This is a.txt.').waitFor();
  await ada.page.goBack();
  await dialog.waitFor({ state: 'detached' });
  await ada.heading(files.title).waitFor();
  await ada.leave();
});

test('an address of a file opens it, and one of a deleted file says that it is gone', async () => {
  const { user, files: [file] } = await userWith('a.txt');
  const ada = await signedIn(browser, stack, user, { stay: true });
  const tab = await ada.newTab(`#/files/${file.id}`);
  await tab.page.getByRole('dialog').getByText('This is a.txt.').waitFor();
  await tab.press('Escape');
  await link(tab, 'a.txt').waitFor();
  await user.call('DELETE', file.path);
  const late = await ada.newTab(`#/files/${file.id}`);
  await late.text(files.gone).waitFor();
  await ada.leave([/404/]);
});

test('without files, the place invites to upload some', async () => {
  const ada = await opened(await newUser(stack, 'ada'));
  await ada.text(files.empty).waitFor();
  await ada.goTo(files.everyone);
  await ada.leave();
});
