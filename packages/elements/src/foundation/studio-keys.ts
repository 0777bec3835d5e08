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

/** The event as if the layout were Latin: on a Cyrillic or Greek one, the key that says S in Latin still splits. */
function latin(event: KeyboardEvent): KeyboardEvent {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  // eslint-disable-next-line no-control-regex -- "not ASCII" is what is meant
  if (letter === undefined || event.key.length !== 1 || /[\u0000-\u007f]/.test(event.key)) return event;
  const stand = {
    key: letter.toLowerCase(),
    code: event.code,
    getModifierState: (name: string) => event.getModifierState(name),
  };
  return stand as unknown as KeyboardEvent;
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
  const press = latin(event);
  for (const command of studioCommands) {
    if (options.only && !options.only.has(command.id)) continue;
    const matches = keysOf(command, options.keymap).some((keys) => {
      const [first] = parseKeybinding(keys);
      return first !== undefined && matchKeyBindingPress(press, first);
    });
    if (!matches || !command.run(project)) continue;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  return false;
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
    ...shown.map((modifier) => symbols[modifier] ?? name(modifier)),
    text.length === 1 ? text.toUpperCase() : name(text),
  ];
}
