import { studioCommand, type Messages, type ProjectSession, type StudioCommandId } from '@lectern/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../foundation/icon.js';
import { keyParts, keysOf, type Keymap } from '../foundation/studio-keys.js';

/** One line of a menu; what it does is decided where the menu is made. */
export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  /** How the same is done by key, for display. */
  readonly keys?: string;
  readonly tone?: 'danger';
  readonly disabled?: boolean;
  /** Makes it a switch. */
  readonly checked?: boolean;
  readonly run: () => void;
}

export type MenuEntry = MenuItem | 'separator';

/** What menus and buttons need to know of the keys. */
export interface KeyNames {
  readonly messages: Messages;
  readonly keymap: Keymap | null;
}

/** The first key of a command as text: `Ctrl+Z`; empty when it has none. */
export function keyText(id: StudioCommandId, { messages, keymap }: KeyNames): string {
  const [first] = keysOf(studioCommand(id), keymap);
  if (first === undefined) return '';
  return keyParts(first, (key) => messages.text({ key: `key.${key}` as 'key.Shift' })).join('+');
}

/** A studio command as a line of a menu. */
export function commandItem(
  project: ProjectSession,
  names: KeyNames,
  id: StudioCommandId,
  picture: IconName,
  more: Partial<MenuItem> = {},
): MenuItem {
  const command = studioCommand(id);
  return {
    label: names.messages.t(command.label),
    icon: picture,
    keys: keyText(id, names),
    disabled: !command.isEnabled(project),
    run: () => {
      command.run(project);
    },
    ...more,
  };
}

/** Entries without separators that separate nothing. */
export function tidy(entries: readonly MenuEntry[]): readonly MenuEntry[] {
  return entries.filter((entry, index) => {
    if (entry !== 'separator') return true;
    return (
      index > 0 && entries.slice(index + 1).some((later) => later !== 'separator') && entries[index - 1] !== 'separator'
    );
  });
}

/** The lines of a menu, for a `role="menu"` popover. */
export function menuLines(entries: readonly MenuEntry[], choose: (item: MenuItem) => void): readonly TemplateResult[] {
  return tidy(entries).map((entry) =>
    entry === 'separator'
      ? html`<hr />`
      : html`<button
          type="button"
          role=${entry.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked=${entry.checked === undefined ? nothing : entry.checked ? 'true' : 'false'}
          aria-disabled=${entry.disabled === true ? 'true' : nothing}
          data-tone=${entry.tone ?? nothing}
          tabindex="-1"
          @click=${() => {
            if (entry.disabled !== true) choose(entry);
          }}
        >
          ${entry.checked === true ? icon('check') : entry.icon ? icon(entry.icon) : html`<span class="icon"></span>`}
          <span class="truncate">${entry.label}</span>
          ${entry.keys ? html`<kbd>${entry.keys}</kbd>` : nothing}
        </button>`,
  );
}
