// A finger that rests on a part of a list.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { onLongPress } from '../../../web/ui/long-press.js';

/** A list whose only part is `part`, on which a finger rests for longer than a moment. */
function setUp(t, { part = { id: 'b' } } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const list = Object.assign(new EventTarget(), { closest: (selector) => (selector === '.part' ? part : null) });
  const pressed = [];
  onLongPress(list, '.part', (held) => pressed.push(held.id));
  const send = (type, more = {}) => {
    const event = new Event(type, { cancelable: true });
    list.dispatchEvent(Object.assign(event, { pointerType: 'touch', isPrimary: true, clientX: 0, clientY: 0, ...more }));
    return event;
  };
  return { send, pressed, wait: () => t.mock.timers.tick(600) };
}

test('a finger or a pen that rests presses the part below it', (t) => {
  for (const pointerType of ['touch', 'pen']) {
    const { send, pressed, wait } = setUp(t);
    send('pointerdown', { pointerType });
    assert.deepEqual(pressed, []);
    wait();
    assert.deepEqual(pressed, ['b']);
    t.mock.timers.reset();
  }
});

test('a mouse, a second finger, and a finger beside the parts press nothing', (t) => {
  for (const [options, pointer] of [[{}, { pointerType: 'mouse' }], [{}, { isPrimary: false }], [{ part: null }, {}]]) {
    const { send, pressed, wait } = setUp(t, options);
    send('pointerdown', pointer);
    wait();
    assert.deepEqual(pressed, []);
    t.mock.timers.reset();
  }
});

test('a finger that leaves or scrolls presses nothing, one that trembles does', (t) => {
  for (const [type, more, expected] of [
    ['pointerup', {}, []], ['pointercancel', {}, []], ['pointermove', { clientY: 30 }, []], ['pointermove', { clientY: 3 }, ['b']],
  ]) {
    const { send, pressed, wait } = setUp(t);
    send('pointerdown');
    send(type, more);
    wait();
    assert.deepEqual(pressed, expected);
    t.mock.timers.reset();
  }
});

test('the click and the menu that follow a long press are left out', (t) => {
  const { send, wait } = setUp(t);
  send('pointerdown');
  wait();
  assert.ok(send('contextmenu').defaultPrevented);
  assert.ok(send('click').defaultPrevented);
  assert.ok(!send('click').defaultPrevented);
  send('pointerdown', { pointerType: 'mouse' });
  assert.ok(!send('contextmenu').defaultPrevented);
});
