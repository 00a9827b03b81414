// Signing up, signing in, and what happens when either fails.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import { person, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS } from '../helpers/browser.mjs';
import { mailedLink } from '../helpers/mail.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { startStack } from '../helpers/stack.mjs';
import { PASSWORD, newUser, verifiedUser } from '../helpers/users.mjs';

const { welcome } = words;
const UNAUTHORIZED = /401 \(Unauthorized\)/;
const BAD_REQUEST = /400 \(Bad Request\)/;

const { stack, browser } = await stackAndBrowser();
const ada = await newUser(stack, 'ada');

const newName = () => `eve-${randomUUID().slice(0, 8)}`;

for (const width of WIDTHS) {
  test(`by keyboard, a person signs up with an address, confirms it and signs in, at ${width} px`, async () => {
    const eve = await person(browser, stack, { width });
    const user = { username: newName(), password: PASSWORD };
    const email = `${user.username}@example.com`;
    await eve.open();
    await eve.tabAndPress(eve.page.getByRole('link', { name: welcome.createAccount }));
    await eve.heading(welcome.signUp).waitFor();
    for (const [label, text] of [
      [welcome.username, user.username],
      [welcome.emailOptional, email],
      [welcome.password, user.password],
    ]) {
      await eve.tabTo(eve.field(label));
      await eve.page.keyboard.type(text);
    }
    await eve.press('Enter');
    await eve.heading(welcome.checkMail).waitFor();
    await eve.text(email).first().waitFor();
    await eve.assertFits();

    const mails = await eve.context.newPage();
    await mails.goto(await mailedLink(stack, email, '/api/verify-email/'));
    await mails.getByRole('button').click();
    await mails.getByRole('heading', { name: 'Address verified' }).waitFor();

    // The tab of the sign-up leads to a form that knows the name.
    await eve.tabAndPress(eve.page.getByRole('link', { name: welcome.confirmed }));
    await eve.heading(welcome.signIn).waitFor();
    assert.equal(await eve.field(welcome.username).inputValue(), user.username);
    await eve.tabTo(eve.field(welcome.password));
    await eve.page.keyboard.type(user.password);
    await eve.press('Enter');
    await eve.isSignedIn();
    await eve.heading(words.shell.photos).waitFor();
    await eve.assertFits();
    await eve.leave();
  });

  test(`a person without an address signs up and is in at once, at ${width} px`, async () => {
    const eve = await person(browser, stack, { width });
    await eve.open('#/sign-up');
    await eve.field(welcome.username).fill(newName());
    await eve.field(welcome.password).fill(PASSWORD);
    await eve.button(welcome.signUpAction).click();
    await eve.isSignedIn();
    await eve.leave();
  });

  test(`errors of a sign-up appear beside their fields, at ${width} px`, async () => {
    const eve = await person(browser, stack, { width });
    await eve.open('#/sign-up');
    await eve.button(welcome.signUpAction).click();
    for (const label of [welcome.username, welcome.password]) {
      await assertDescribed(eve.field(label), words.errors['This field is required.']);
    }
    await eve.field(welcome.username).fill(ada.username);
    await eve.field(welcome.password).fill('12345678');
    await eve.button(welcome.signUpAction).click();
    await eve.text(words.errors['This password is entirely numeric.'], { exact: false }).first().waitFor();
    await assertDescribed(eve.field(welcome.password), words.errors['This password is entirely numeric.']);
    await eve.field(welcome.password).fill(PASSWORD);
    await eve.button(welcome.signUpAction).click();
    await eve.page.getByRole('alert').getByText(words.errors['A user with that username already exists.'], { exact: false }).waitFor();
    await assertDescribed(eve.field(welcome.username), words.errors['A user with that username already exists.']);
    await eve.assertFits();
    await eve.leave([BAD_REQUEST]);
  });

  test(`a wrong password is told, and the right one signs in, at ${width} px`, async () => {
    const eve = await person(browser, stack, { width });
    await eve.open();
    await eve.fillSignIn({ ...ada, password: 'wrong' });
    await eve.press('Enter');
    await eve.page.getByRole('alert').getByText(words.errors['No active account found with the given credentials']).waitFor();
    await eve.signIn(ada);
    await eve.leave([UNAUTHORIZED]);
  });

  test(`a forgotten password is replaced by a mail, at ${width} px`, async () => {
    const user = await verifiedUser(stack, 'kim');
    const eve = await person(browser, stack, { width });
    await eve.open();
    await eve.page.getByRole('link', { name: welcome.forgot }).click();
    await eve.heading(welcome.forgotTitle).waitFor();
    await eve.field(welcome.email).fill(user.email);
    await eve.button(welcome.sendLink).click();
    await eve.text(welcome.resetSentTo(user.email)).waitFor();
    await eve.page.goto(await mailedLink(stack, user.email, '/api/user/password-reset/'));
    await eve.page.getByLabel('New password').fill('another horse battery');
    await eve.page.getByRole('button').click();
    await eve.page.getByRole('heading', { name: 'Password changed' }).waitFor();
    await eve.open();
    await eve.signIn({ ...user, password: 'another horse battery' });
    await eve.leave();
  });
}

async function assertDescribed(field, text) {
  const described = await field.evaluate((input) =>
    (input.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent).join(' '));
  assert.ok(described.includes(text), described);
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
}

test('a place that needs an account asks for the password and then opens', async () => {
  const eve = await person(browser, stack);
  await eve.open('#/files');
  await eve.signIn(ada);
  await eve.heading(words.shell.files).waitFor();
  await eve.leave();
});

test('a session that stays survives the end of the browser, another does not', async () => {
  for (const stay of [true, false]) {
    const eve = await signedIn(browser, stack, ada, { stay });
    // A tab's storage ends with the tab. `newTab` has none of the old one.
    const { context } = eve;
    await eve.page.close();
    const again = await eve.newTab();
    await (stay ? again.isSignedIn() : again.isSignedOut());
    await again.assertClean();
    await context.close();
  }
});

test('a reload keeps the session', async () => {
  const eve = await signedIn(browser, stack, ada);
  await eve.page.reload();
  await eve.isSignedIn();
  await eve.leave();
});

test('a double click on a button of these pages sends one request', async () => {
  const eve = await person(browser, stack);
  await eve.open('#/sign-up');
  await eve.field(welcome.username).fill(newName());
  await eve.field(welcome.password).fill(PASSWORD);
  await eve.button(welcome.signUpAction).dblclick();
  await eve.isSignedIn();
  assert.equal(eve.requests('/api/users', 'POST').filter((request) => request.url().endsWith('/users')).length, 1);
  await eve.signOut();
  await eve.fillSignIn(ada);
  await eve.button(welcome.signIn).dblclick();
  await eve.isSignedIn();
  await eve.leave();
  assert.equal(eve.requests('/api/token', 'POST').filter((request) => request.url().endsWith('/token')).length, 2);
});

test('too many wrong passwords are told with the time to wait', async () => {
  const user = await newUser(stack, 'max');
  const eve = await person(browser, stack);
  await eve.open();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await eve.fillSignIn({ ...user, password: 'wrong' });
    const answered = eve.page.waitForResponse((response) => response.url().endsWith('/api/token'));
    await eve.press('Enter');
    assert.equal((await answered).status(), 401);
    await eve.page.getByRole('alert').waitFor();
  }
  await eve.fillSignIn({ ...user, password: 'wrong' });
  await eve.press('Enter');
  await eve.page.getByRole('alert').getByText(/^Too many attempts/).waitFor();
  await eve.leave([UNAUTHORIZED, /429/]);
});

test('where registration is closed, the app says so and has no form', async (t) => {
  const closed = await startStack({ Registration: 'closed' });
  t.after(closed.stop);
  const eve = await person(browser, closed);
  await eve.open('#/sign-up');
  await eve.text(welcome.closed).waitFor();
  assert.equal(await eve.button(welcome.signUpAction).count(), 0);
  await eve.leave();
});

test('where an address is needed, the sign-up has a field for it', async (t) => {
  const strict = await startStack({ RequireEmail: 'true' });
  t.after(strict.stop);
  const eve = await person(browser, strict);
  await eve.open('#/sign-up');
  await eve.field(welcome.username).fill(newName());
  await eve.field(welcome.password).fill(PASSWORD);
  await eve.button(welcome.signUpAction).click();
  await assertDescribed(eve.field(welcome.email), words.errors['This field is required.']);
  await eve.leave();
});

test('an account whose address is not confirmed is told so, and gets the mail again', async () => {
  const eve = await person(browser, stack);
  const user = { username: newName(), password: PASSWORD };
  const email = `${user.username}@example.com`;
  await eve.open('#/sign-up');
  await eve.field(welcome.username).fill(user.username);
  await eve.field(welcome.emailOptional).fill(email);
  await eve.field(welcome.password).fill(PASSWORD);
  await eve.button(welcome.signUpAction).click();
  await eve.heading(welcome.checkMail).waitFor();
  await mailedLink(stack, email, '/api/verify-email/');
  await eve.text(/^Send it again/).waitFor();
  await eve.leave();
});

test('the card of the sign-in stays where it is when an error appears in it', async () => {
  const eve = await person(browser, stack);
  await eve.open();
  const card = () => eve.page.locator('.welcome-card').evaluate((element) => element.getBoundingClientRect().top);
  const before = await card();
  await eve.field(welcome.username).press('Enter');
  await eve.page.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await card(), before);
  await eve.leave();
});
