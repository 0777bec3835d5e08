import { matchKeyBindingPress, parseKeybinding } from 'tinykeys';
import { studioCommands, type ProjectSession, type StudioCommand, type StudioCommandId } from '@lectern/core';

/** Other keys for commands, in tinykeys' notation; an empty list takes a command's keys away. */
export type Keymap = Readonly<Partial<Record<StudioCommandId, readonly string[]>>>;

export interface StudioKeyOptions {
  readonly keymap?: Keymap | null;
  /** False: keys without Ctrl, ⌘ or Alt do nothing, for people who use speech input (WCAG 2.1.4). */
  readonly singleKeys?: boolean;
  /** Only these commands; all when left out. */
  readonly only?: ReadonlySet<StudioCommandId>;
}

const typing = 'textarea, select, [contenteditable=""], [contenteditable="true"], [contenteditable="plaintext-only"]';
const notTyped: ReadonlySet<string> = new Set([
  'button',
  'checkbox',
  'color',
  'file',
  'image',
  'radio',
  'range',
  'reset',
  'submit',
]);
const pressed = 'button, a[href], summary, [role="button"], [role="tab"], [role^="menuitem"], [role="option"], input';
const moved = 'input, [role="slider"], [role="separator"]';
const movingKeys: ReadonlySet<string> = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);

/** Whether a key belongs to what has the focus: text is being typed, a button pressed, a slider moved. */
function belongsToFocus(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return false;
  const field = target instanceof HTMLInputElement ? target : null;
  if (field ? !notTyped.has(field.type) : target.matches(typing)) return true;
  if ((event.key === ' ' || event.key === 'Enter') && target.matches(pressed)) return true;
  return movingKeys.has(event.key) && !event.altKey && target.matches(moved);
}

/** What tinykeys reads of an event. */
type Press = Pick<KeyboardEvent, 'key' | 'code' | 'getModifierState'>;

/**
 * The event as keys are compared with: on a Cyrillic or Greek layout, the key that says S in Latin still splits, and a
 * letter that is down counts as a modifier, so that `k+l` is L while K is down.
 */
function pressOf(event: KeyboardEvent): KeyboardEvent {
  const press: Press = {
    key: latinKey(event),
    code: event.code,
    getModifierState: (name) => down.has(name) || event.getModifierState(name),
  };
  return press as KeyboardEvent;
}

function latinKey(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  // eslint-disable-next-line no-control-regex -- "not ASCII" is what is meant
  if (letter === undefined || event.key.length !== 1 || /[\u0000-\u007f]/.test(event.key)) return event.key;
  return letter.toLowerCase();
}

/** Letters that are down just now, by their name in lower case, and what goes on while one is. */
const down = new Map<string, string>();
let held: { readonly command: StudioCommand; readonly codes: readonly string[]; readonly end: () => void } | null =
  null;

/** From a letter's press to its release; nothing is listened to in between presses. */
function watch(event: KeyboardEvent): void {
  const key = latinKey(event).toLowerCase();
  if (!/^[a-z]$/.test(key) || down.has(key)) return;
  if (down.size === 0) {
    window.addEventListener('keyup', release, true);
    window.addEventListener('blur', releaseAll);
  }
  down.set(key, event.code);
}

function release(event: KeyboardEvent): void {
  if (held?.codes.includes(event.code) === true) endHeld();
  for (const [key, code] of down) if (code === event.code) down.delete(key);
  if (down.size === 0) stopWatching();
}

function releaseAll(): void {
  endHeld();
  down.clear();
  stopWatching();
}

function stopWatching(): void {
  window.removeEventListener('keyup', release, true);
  window.removeEventListener('blur', releaseAll);
}

function endHeld(): void {
  const { end } = held ?? {};
  held = null;
  end?.();
}

/** Whether a key in tinykeys' notation is one of letters alone: held letters, and no Ctrl, ⌘ or Alt. */
export function isSingleKey(keys: string): boolean {
  const [press] = parseKeybinding(keys);
  if (!press) return false;
  const [modifiers, key] = press;
  return modifiers.every((modifier) => modifier.length === 1) && typeof key === 'string' && key.length === 1;
}

/** What a press comes to, for a command: once, again and again, or for as long as it lasts. */
function runHeld(command: StudioCommand, project: ProjectSession, event: KeyboardEvent): boolean {
  if (!event.repeat || command.held === 'again') return command.run(project);
  if (command.held === 'once') return command.isEnabled(project);
  if (held?.command === command) return true;
  endHeld();
  held = { command, codes: [...down.values(), event.code], end: command.begin(project) };
  return true;
}

/** The keys of a command, as they are now. */
export function keysOf(command: StudioCommand, keymap: Keymap | null | undefined): readonly string[] {
  return keymap?.[command.id] ?? command.keys;
}

/**
 * Runs the command that a key stands for. Call it from `keydown` on the element itself, never on the document: what a
 * person types elsewhere on the page is none of ours.
 *
 * @returns whether a command used the key, which is then also kept from the page
 */
export function handleStudioKey(
  event: KeyboardEvent,
  project: ProjectSession | null,
  options: StudioKeyOptions = {},
): boolean {
  if (!project || event.defaultPrevented || event.isComposing || belongsToFocus(event)) return false;
  const single = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (single && options.singleKeys === false && event.key.length === 1) return false;
  if (single) watch(event);
  const press = pressOf(event);
  // With a letter down, what is meant by both together comes first.
  for (const isChord of down.size > 1 ? [true, false] : [false]) {
    for (const command of studioCommands) {
      if (options.only && !options.only.has(command.id)) continue;
      if (!keysOf(command, options.keymap).some((keys) => matches(keys, press, isChord))) continue;
      if (!runHeld(command, project, event)) continue;
      event.preventDefault();
      event.stopPropagation();
      return true;
    }
  }
  return false;
}

function matches(keys: string, press: KeyboardEvent, isChord: boolean): boolean {
  const [first] = parseKeybinding(keys);
  if (!first) return false;
  const [modifiers] = first;
  return modifiers.some((modifier) => modifier.length === 1) === isChord && matchKeyBindingPress(press, first);
}

const isMac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** The parts of a key for display: `$mod+Shift+z` → `['⌘', '⇧', 'Z']` on a Mac, `['Ctrl', 'Shift', 'Z']` elsewhere. */
export function keyParts(keys: string, name: (key: string) => string): readonly string[] {
  const [press] = parseKeybinding(keys);
  if (!press) return [];
  const [modifiers, key] = press;
  const symbols: Readonly<Record<string, string>> = isMac ? { Meta: '⌘', Control: '⌃', Alt: '⌥', Shift: '⇧' } : {};
  const text = typeof key === 'string' ? key : key.source;
  // Which key gives "?" is the layout's affair: its Shift isn't part of what is shown.
  const shown = /^[^a-z0-9]$/i.test(text) ? modifiers.filter((modifier) => modifier !== 'Shift') : modifiers;
  return [
    ...shown.map((modifier) => symbols[modifier] ?? (modifier.length === 1 ? modifier.toUpperCase() : name(modifier))),
    text.length === 1 ? text.toUpperCase() : name(text),
  ];
}
