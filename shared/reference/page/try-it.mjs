// "Try it": signs in, and sends the requests of the reference. Without this module, the page is complete. Tokens stay
// in memory. Everything that a response contains is shown as text.

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];
const FORM = 'multipart/form-data';
const URL_ENCODED = 'application/x-www-form-urlencoded';

let contract;
let session;

// An element with attributes, properties (`onclick`) and children.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element[key] = value;
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

// ---- The contract ----

async function loadContract() {
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`/openapi.json: ${answer.status}`);
  return answer.json();
}

// Follows the reference that `value` may be.
function resolve(value) {
  if (!value?.$ref) return value ?? {};
  return value.$ref.split('/').slice(1).reduce((node, key) => node[key], contract);
}

function find(id) {
  for (const [path, item] of Object.entries(contract.paths)) {
    const method = METHODS.find((name) => item[name]?.operationId === id);
    if (!method) continue;
    const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolve);
    const content = resolve(item[method].requestBody).content ?? {};
    return { ...item[method], path, parameters, content, method: method.toUpperCase() };
  }
  throw new Error(`there is no operation ${id}`);
}

function exampleOf(media) {
  const [first] = Object.values(media.examples ?? {});
  return resolve(first).value ?? media.example ?? {};
}

// ---- Fields ----

// A labelled control. `read()` returns its value, or undefined if it is empty.
function field(id, name, schema, { required = false, example, hint } = {}) {
  const { type, format, enum: choices } = resolve(schema);
  const attributes = { id, required, autocomplete: 'off', spellcheck: 'false' };
  let control;
  if (choices) {
    const options = required ? choices : ['', ...choices];
    control = make('select', { id, required }, ...options.map((choice) => make('option', {}, String(choice))));
  } else if (format === 'binary') {
    control = make('input', { id, required, type: 'file' });
  } else {
    const isNumber = type === 'integer' || type === 'number';
    control = make('input', { ...attributes, inputmode: isNumber ? 'numeric' : undefined, placeholder: example });
  }
  const label = make('label', { for: id }, name, required ? ' (required)' : '', hint ? ` ${hint}` : '');
  const read = () => control.files?.[0] ?? (control.value === '' || control.files ? undefined : control.value);
  return { name, read, nodes: [label, control] };
}

function parameterField(id, parameter) {
  const example = parameter.example ?? Object.values(parameter.examples ?? {})[0]?.value;
  const { name, schema, required } = parameter;
  return { ...field(`${id}-${parameter.in}-${name}`, name, schema, { required, example }), place: parameter.in };
}

// The body of a media type: `nodes`, and `write()`, which returns what fetch needs.
function bodyFields(id, mediaType, media) {
  if (mediaType !== FORM && mediaType !== URL_ENCODED) {
    const text = make('textarea', { id, spellcheck: 'false' });
    text.value = JSON.stringify(exampleOf(media), null, 2);
    const nodes = [make('label', { for: id }, `Body (${mediaType})`), text];
    return { nodes, write: () => ({ body: text.value, headers: { 'Content-Type': mediaType } }) };
  }
  const { properties = {}, required = [] } = resolve(media.schema);
  const fields = Object.entries(properties).map(([name, schema]) =>
    field(`${id}-${name}`, name, schema, { required: required.includes(name), example: exampleOf(media)[name] }));
  const write = () => {
    const body = mediaType === FORM ? new FormData() : new URLSearchParams();
    for (const { name, read } of fields) if (read() !== undefined) body.append(name, read());
    return { body, headers: {} };
  };
  return { nodes: fields.flatMap(({ nodes }) => nodes), write };
}

// ---- Requests ----

function addressOf(operation, fields) {
  const query = new URLSearchParams();
  let path = operation.path;
  for (const { name, place, read } of fields) {
    const value = read();
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value ?? ''));
    if (place === 'query' && value !== undefined) query.append(name, value);
  }
  return query.size ? `${path}?${query}` : path;
}

function headersOf(operation, fields) {
  // A redirect to another origin is of no use here; with this header, the URL is in the body.
  const headers = { Accept: 'application/json' };
  for (const { name, place, read } of fields) {
    if (place === 'header' && read() !== undefined) headers[name] = read();
  }
  if (session && operation.security?.length) headers.Authorization = `Bearer ${session.access}`;
  return headers;
}

async function show(answer, output) {
  if (answer.type === 'opaqueredirect') {
    output.replaceChildren(make('p', {}, 'The response is a redirect, which a page may not read.'));
    return;
  }
  const type = answer.headers.get('content-type') ?? '';
  const isText = type === '' || /json|text|xml|javascript/.test(type);
  const body = isText ? await answer.text() : `${(await answer.arrayBuffer()).byteLength} bytes of ${type}`;
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  const scrolls = (label) => ({ tabindex: '0', role: 'region', 'aria-label': label });
  output.replaceChildren(
    make('p', {}, make('strong', {}, `${answer.status} ${answer.statusText}`.trim())),
    make('details', { class: 'sample' }, make('summary', {}, 'Headers'), make('pre', scrolls('Headers'), headers)),
    make('pre', scrolls('Body'), pretty(body) || 'The response has no body.'),
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// ---- The form of an operation ----

function trialOf(section) {
  const id = section.dataset.operation;
  const operation = find(id);
  const prefix = `try-${id}`;
  const fields = operation.parameters
    .filter((parameter) => parameter.in !== 'cookie')
    .map((parameter) => parameterField(prefix, parameter));
  const bodies = Object.entries(operation.content).map(([mediaType, media], index) =>
    ({ mediaType, ...bodyFields(`${prefix}-body-${index}`, mediaType, media) }));
  const groups = bodies.map(({ nodes }, index) => make('div', { hidden: index > 0 }, ...nodes));
  const choice = make('select', { id: `${prefix}-type` }, ...bodies.map((body) => make('option', {}, body.mediaType)));
  const enable = () => groups.forEach((group, index) => {
    group.hidden = index !== choice.selectedIndex;
    for (const control of group.querySelectorAll('input, select, textarea')) control.disabled = group.hidden;
  });
  choice.onchange = enable;
  enable();
  const output = make('output', { 'aria-live': 'polite' });
  const send = make('button', { type: 'submit' }, 'Send');
  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    const { body, headers } = bodies[choice.selectedIndex]?.write() ?? {};
    const request = {
      method: operation.method, body, redirect: 'manual', cache: 'no-store', credentials: 'omit',
      headers: { ...headersOf(operation, fields), ...headers },
    };
    try {
      await show(await fetch(addressOf(operation, fields), request), output);
    } catch (error) {
      output.replaceChildren(make('p', { role: 'alert' }, `The request failed: ${error.message}`));
    }
    send.disabled = false;
  };
  const typeChoice = bodies.length > 1 ? [make('label', { for: choice.id }, 'Content type'), choice] : [];
  const hint = make('p', { class: 'hint' }, 'This request needs sign-in. Its button is at the top of the page.');
  const note = operation.security?.length ? [hint] : [];
  return make('form', { class: 'trial', id: prefix, 'aria-label': `Try ${id}`, onsubmit: submit },
    make('h4', {}, `Try ${operation.method} ${operation.path}`), ...note,
    ...fields.flatMap(({ nodes }) => nodes), ...typeChoice, ...groups, make('div', { class: 'row' }, send), output);
}

async function toggle(section, button) {
  let trial = section.querySelector('.trial');
  if (!trial) {
    button.disabled = true;
    try {
      contract ??= await loadContract();
      trial = trialOf(section);
      trial.hidden = true;
      section.querySelector('.notes').after(trial);
    } catch (error) {
      button.textContent = error.message;
      return;
    } finally {
      button.disabled = false;
    }
  }
  trial.hidden = !trial.hidden;
  button.setAttribute('aria-expanded', String(!trial.hidden));
  if (trial.hidden) return;
  (trial.querySelector('input, select, textarea') ?? trial.querySelector('button')).focus();
}

// ---- Sign-in ----

function signInDialog(onSignedIn) {
  const username = make('input', { id: 'try-username', required: true, autocomplete: 'username' });
  const autocomplete = 'current-password';
  const password = make('input', { id: 'try-password', required: true, type: 'password', autocomplete });
  const problem = make('p', { role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      const body = JSON.stringify({ username: username.value, password: password.value });
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/api/token', { method: 'POST', headers, body });
      const { access, detail, message } = await answer.json();
      if (!access) throw new Error(detail ?? message ?? `The response is ${answer.status}.`);
      session = { username: username.value, access };
      password.value = '';
      dialog.close();
      onSignedIn();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const cancel = make('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel');
  const form = make('form', { onsubmit: submit },
    make('label', { for: username.id }, 'Username'), username,
    make('label', { for: password.id }, 'Password'), password,
    make('p', {}, 'The requests of this page change real data. The token is forgotten when you leave the page.'),
    problem, make('div', { class: 'row' }, make('button', { type: 'submit' }, 'Sign in'), cancel));
  const title = make('h2', { id: 'try-sign-in' }, 'Sign in');
  const dialog = make('dialog', { 'aria-labelledby': title.id }, title, form);
  return dialog;
}

function addSession() {
  const user = make('span', { id: 'user', role: 'status' });
  const button = make('button', { type: 'button', class: 'quiet' }, 'Sign in');
  const update = () => {
    user.textContent = session ? `Signed in as ${session.username}` : '';
    button.textContent = session ? 'Sign out' : 'Sign in';
    document.body.classList.toggle('signed-in', Boolean(session));
  };
  const dialog = signInDialog(update);
  button.onclick = async () => {
    if (!session) return dialog.showModal();
    const headers = { Authorization: `Bearer ${session.access}` };
    session = undefined;
    update();
    // The page has forgotten the token, whatever the answer is.
    await fetch('/api/user/logout', { method: 'POST', headers }).catch(() => undefined);
  };
  document.querySelector('header').append(make('div', { id: 'session' }, user, button));
  document.body.append(dialog);
}

function addButtons() {
  for (const section of document.querySelectorAll('[data-operation]')) {
    const button = make('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false' }, 'Try it');
    button.setAttribute('aria-label', `Try it: ${section.querySelector('h3').textContent}`);
    button.onclick = () => toggle(section, button);
    section.querySelector('.route').append(button);
  }
}

function nameOrigin() {
  const variables = document.querySelector('#variables code');
  variables.textContent = variables.textContent.replace('https://files.example.com', location.origin);
}

nameOrigin();
addSession();
addButtons();
