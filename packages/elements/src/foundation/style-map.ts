import { noChange, type ElementPart } from 'lit';
import {
  Directive,
  PartType,
  directive,
  type AttributePart,
  type DirectiveResult,
  type PartInfo,
} from 'lit/directive.js';

/** CSS properties (`inlineSize`, `inline-size` or `--name`) and their values; null and undefined take one away. */
export type StyleInfo = Readonly<Record<string, string | number | null | undefined>>;

class StyleMap extends Directive {
  #names: ReadonlySet<string> = new Set();

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ATTRIBUTE || part.name !== 'style' || (part.strings?.length ?? 0) > 2)
      throw new TypeError('styleMap is the only value of a style attribute');
  }

  // Never called in a page; on a server there is no CSSOM, and the first update in the page sets everything.
  override render(_styles: StyleInfo): typeof noChange {
    return noChange;
  }

  override update(part: AttributePart | ElementPart, [styles]: [StyleInfo]): typeof noChange {
    const { style } = part.element as HTMLElement;
    const names = new Set<string>();
    for (const [key, value] of Object.entries(styles)) {
      if (value === null || value === undefined) continue;
      const name = key.startsWith('--') ? key : key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      names.add(name);
      const text = String(value);
      if (style.getPropertyValue(name) !== text) style.setProperty(name, text);
    }
    for (const name of this.#names) if (!names.has(name)) style.removeProperty(name);
    this.#names = names;
    return noChange;
  }
}

/**
 * Sets single style properties through the CSSOM, always. Lit's directive of the same name writes its first values as an
 * attribute, which a page whose policy forbids inline styles drops.
 */
export const styleMap: (styles: StyleInfo) => DirectiveResult<typeof StyleMap> = directive(StyleMap);
