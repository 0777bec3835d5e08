import { html, nothing, type TemplateResult } from 'lit';
import { studioCommands, type MessageKey, type Messages, type StudioCommandGroup } from '@lectern/core';
import { isSingleKey, keyParts, keysOf, type Keymap } from '../foundation/studio-keys.js';

const groups: readonly StudioCommandGroup[] = ['playback', 'navigation', 'editing', 'clipboard', 'view', 'project'];

/** The key map in words, made from the commands themselves: it can't say anything that isn't so. */
export function helpView(
  m: Messages,
  keymap: Keymap | null,
  singleKeys: boolean,
  setSingleKeys: (on: boolean) => void,
): TemplateResult {
  return html`<p class="hint">${m.t('studio.helpText')}</p>
    <label class="switch">
      <input
        type="checkbox"
        .checked=${singleKeys}
        @change=${(event: Event) => {
          setSingleKeys((event.target as HTMLInputElement).checked);
        }}
      />
      <span>${m.t('studio.singleKeys')} <span class="hint">${m.t('studio.singleKeysHint')}</span></span>
    </label>
    <div class="help-columns">${groups.map((group) => groupView(group, m, keymap, singleKeys))}</div>`;
}

function groupView(
  group: StudioCommandGroup,
  m: Messages,
  keymap: Keymap | null,
  singleKeys: boolean,
): TemplateResult | typeof nothing {
  const commands = studioCommands
    .filter((command) => command.group === group)
    .map((command) => ({ command, keys: keysOf(command, keymap).slice(0, 2) }))
    .filter(({ keys }) => keys.length > 0);
  if (commands.length === 0) return nothing;
  return html`<section>
    <h3>${m.t(`commandGroup.${group}`)}</h3>
    <dl>
      ${commands.map(
        ({ command, keys }) =>
          html`<div>
            <dt>${m.t(command.label)}</dt>
            <dd>
              ${keys
                .filter((key) => singleKeys || !isSingleKey(key))
                .slice(0, 1)
                .map((key) => keyParts(key, (part) => keyName(part, m)).map((part) => html`<kbd>${part}</kbd>`))}
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

const named: ReadonlySet<string> = new Set([
  'Space',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'Delete',
  'Backspace',
  'Escape',
  'Enter',
  'Control',
  'Shift',
  'Alt',
]);

function keyName(key: string, m: Messages): string {
  return named.has(key) ? m.t(`key.${key}` as MessageKey) : key;
}
