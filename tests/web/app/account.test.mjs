// The account: address, password, sessions, language and deletion.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS } from '../helpers/browser.mjs';
import { mailedLink } from '../helpers/mail.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { newUser } from '../helpers/users.mjs';

const { account } = words;
const BAD_REQUEST = /400 \(Bad Request\)/;

const { stack, browser } = await stackAndBrowser();

async function opened(user, options) {
  const ada = await signedIn(browser, stack, user, options);
  await ada.openAccountMenu();
  await ada.choose(words.shell.account);
  await ada.heading(account.title).waitFor();
  return ada;
}

for (const width of WIDTHS) {
  test(`an address is added, and verified by its mail, at ${width} px`, async () => {
    const user = await newUser(stack, 'ada');
    const email = `${user.username}@example.com`;
    const ada = await opened(user, { width });
    await ada.button(account.addEmail).click();
    await ada.field(account.newEmail).fill(email);
    await ada.field(account.currentPassword).fill('wrong');
    await ada.button(account.sendLink).click();
    await ada.page.locator('[aria-invalid=true]').waitFor();
    await ada.field(account.currentPassword).fill(user.password);
    await ada.button(account.sendLink).dblclick();
    await ada.text(account.pending(email)).waitFor();
    await ada.assertFits();
    const mails = await ada.context.newPage();
    await mails.goto(await mailedLink(stack, email, '/api/verify-email/'));
    await mails.getByRole('button').click();
    await mails.getByRole('heading', { name: 'Address verified' }).waitFor();
    await mails.close();
    await ada.button(account.pendingDone).click();
    await ada.text(account.verified, { exact: true }).waitFor();
    assert.equal((await user.call('GET', '/api/users/me')).email, email);
    await ada.leave([BAD_REQUEST]);
  });

  test(`a new password ends the other sessions, at ${width} px`, async () => {
    const user = await newUser(stack, 'ada');
    const ada = await opened(user, { width });
    await ada.button(account.changePassword).click();
    await ada.field(account.currentPassword).fill(user.password);
    await ada.field(account.newPassword).fill('12345678');
    await ada.page.locator('form').getByRole('button', { name: account.changePassword }).click();
    await ada.text(words.errors['This password is entirely numeric.'], { exact: false }).first().waitFor();
    await ada.field(account.newPassword).fill('another horse battery');
    await ada.page.locator('form').getByRole('button', { name: account.changePassword }).dblclick();
    await ada.text(account.passwordChanged).first().waitFor();
    await assert.rejects(user.call('GET', '/api/users/me'), /401/);
    await user.signIn('another horse battery');
    await ada.page.reload();
    await ada.isSignedIn();
    await ada.leave([BAD_REQUEST]);
  });

  test(`a session is ended, at ${width} px`, async () => {
    const user = await newUser(stack, 'ada');
    const other = await signedIn(browser, stack, user);
    const ada = await opened(user, { width });
    await ada.text(account.thisDevice, { exact: true }).waitFor();
    await ada.page.getByRole('button', { name: account.endOthers }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: account.endOthers }).click();
    await ada.text(account.noOthers).waitFor();
    await assert.rejects(user.call('GET', '/api/users/me'), /401/);
    await other.navigation().getByRole('link', { name: words.shell.everyone }).click();
    await other.isSignedOut();
    await other.text(words.welcome.ended).waitFor();
    await ada.assertFits();
    await ada.leave();
    await other.leave([/401/]);
  });

  test(`an account is deleted with the password only, at ${width} px`, async () => {
    const user = await newUser(stack, 'ada');
    await user.upload('plan.txt', 'text/plain', Buffer.from('x'));
    const ada = await opened(user, { width });
    await ada.button(account.deleteAction).click();
    await ada.field(account.deletePassword).fill('wrong');
    await ada.button(account.deleteConfirm).click();
    await ada.page.locator('[aria-invalid=true]').waitFor();
    await ada.assertFits();
    await ada.field(account.deletePassword).fill(user.password);
    await ada.button(account.deleteConfirm).dblclick();
    await ada.text(account.deleted).first().waitFor();
    await ada.button(words.ui.ok).click();
    await ada.isSignedOut();
    await assert.rejects(user.signIn(), /401/);
    await ada.leave([BAD_REQUEST, /401/]);
  });
}

test('a person chooses German, and the choice stays', async () => {
  const ada = await opened(await newUser(stack, 'ada'));
  const choice = ada.page.getByRole('combobox', { name: account.language, exact: true });
  await choice.selectOption({ label: account.languages.de });
  assert.equal(await ada.page.locator('html').getAttribute('lang'), 'en');
  await ada.button(account.changeLanguage).click();
  await eventually(() => ada.page.locator('html').getAttribute('lang'), 'de');
  await ada.page.reload();
  await eventually(() => ada.page.locator('html').getAttribute('lang'), 'de');
  await ada.leave();
});
